#include "base/text.h"
#include "cli/commands/all.h"
#include "cli/metrics_view.h"
#include "cli/prediction_columns.h"

#include <algorithm>

namespace mops::cli {
namespace {

class MetricsCommand final : public Command {
 public:
  [[nodiscard]] CommandText text() const override {
    return {.name = "metrics",
            .summary = "measure predictions against the truth, with confidence intervals, slices and comparison",
            .examples = {"mops metrics scored.csv --task binary-classification --truth churned --score probability",
                         "mops metrics scored.jsonl --task multiclass-classification --truth species --score cat=p_cat --score dog=p_dog",
                         "mops metrics scored.npy --task regression --truth delay --prediction y --weight w --format json",
                         "mops metrics scored.npy --task binary-classification --truth y --score p --bootstrap 1000 --seed 1 --slice region",
                         "mops metrics scored.csv --task binary-classification --truth y --score new --against old --bootstrap 1000"}};
  }

  std::vector<Option> options() override {
    return {{.name = "FILE", .help = "rows with truth and predictions: CSV, JSON Lines, or a .npy with named fields", .target = &file_, .presence = Presence::required},
            {.name = "--task", .value = "TASK", .help = "what the predictions are", .target = &columns_.task, .presence = Presence::required,
             .choices = {"binary-classification", "multiclass-classification", "regression"}},
            {.name = "--truth", .value = "COLUMN", .help = "what came true", .target = &columns_.truth, .presence = Presence::required},
            {.name = "--score", .value = "COLUMN", .help = "score of the positive class; of several classes `CLASS=COLUMN`, once each", .target = &columns_.scores},
            {.name = "--prediction", .value = "COLUMN", .help = "predicted classes or numbers (of classes: by the scores)", .target = &columns_.prediction},
            {.name = "--weight", .value = "COLUMN", .help = "how much each row counts (1)", .target = &columns_.weight},
            {.name = "--positive", .value = "CLASS", .help = "the positive class of two (1)", .target = &columns_.positive},
            {.name = "--threshold", .value = "SCORE", .help = "a row with at least this score is predicted positive (0.5)", .target = &columns_.threshold},
            {.name = "--quantile", .value = "SHARE", .help = "which quantile a regression predicts, for mean_pinball_loss (0.5)", .target = &columns_.quantile},
            {.name = "--metric", .value = "NAME", .help = "only this metric; can be repeated", .target = &wanted_},
            {.name = "--bootstrap", .value = "N", .help = "resample N times for 95 % intervals, such as 1000 (0)", .target = &resamples_},
            {.name = "--seed", .value = "N", .help = "where random numbers begin: the same seed gives the same intervals (0)", .target = &seed_},
            {.name = "--slice", .value = "COLUMN", .help = "the metrics for each value of this column too; can be repeated", .target = &slices_},
            {.name = "--minimum-rows", .value = "N", .help = "with fewer rows a slice has too little data to be the worst (30)", .target = &minimum_rows_},
            {.name = "--against", .value = "COLUMN", .help = "another model's column in place of --score, or of --prediction where there is no --score", .target = &against_},
            {.name = "--against-prediction", .value = "COLUMN", .help = "another model's column in place of --prediction", .target = &against_prediction_},
            {.name = "--format", .value = "FORMAT", .help = "how to print", .target = &format_, .choices = {"text", "json"}}};
  }

  Result<ExitCode> run(Env& env) override {
    MOPS_TRY(check_metrics());
    MOPS_TRY(check_numbers());
    MOPS_ASSIGN(const std::optional<PredictionColumns> other, other_columns());
    MOPS_ASSIGN(const auto table, tensor::open_table(env.files, env.folder / file_, file_));
    MOPS_ASSIGN(const auto sample, read_sample(*table, columns_));
    MetricsReport report{.task = columns_.task, .sample = *sample, .bootstrap = plan(), .metrics = {}, .slices = {}, .comparison = std::nullopt};
    MOPS_ASSIGN(report.metrics, stats::estimate(*sample, wanted_, report.bootstrap, env.stop));
    for (const std::string& column : slices_) {
      MOPS_ASSIGN(SlicedColumn sliced, slice(env, *table, *sample, column));
      report.slices.push_back(std::move(sliced));
    }
    if (other) {
      MOPS_ASSIGN(const auto against, read_sample(*table, *other));
      MOPS_ASSIGN(std::vector<stats::Difference> differences, stats::compare(*against, *sample, wanted_, report.bootstrap, env.stop));
      report.comparison = MetricsComparison{.differences = std::move(differences), .mcnemar = stats::mcnemar(*sample, *against)};
    }
    env.console.out(format_ == "json" ? to_json(report) : to_text(report, env.console));
    return ExitCode::done;
  }

 private:
  Result<void> check_metrics() const {
    for (const std::string& name : wanted_) {
      if (stats::find_metric(columns_.kind(), name) != nullptr) continue;
      std::vector<std::string> known;
      for (const stats::MetricInfo& info : stats::metrics_of(columns_.kind())) known.emplace_back(info.name);
      const auto near = nearest(name, known);
      return fail(ErrorCode::usage, fmt::format("{} has no metric `{}`", columns_.task, name),
                  near ? fmt::format("did you mean `{}`?", *near) : fmt::format("its metrics are {}", quoted_list(known, "and")));
    }
    return {};
  }

  [[nodiscard]] Result<void> check_numbers() const {
    constexpr int64_t k_most_resamples = 1'000'000;
    if (resamples_ < 0 || resamples_ > k_most_resamples)
      return fail(ErrorCode::usage, fmt::format("found `--bootstrap {}`, expected a number from 0 to {}", resamples_, k_most_resamples));
    for (const auto& [name, number] : {std::pair("--seed", seed_), std::pair("--minimum-rows", minimum_rows_)})
      if (number < 0) return fail(ErrorCode::usage, fmt::format("found `{} {}`, expected at least 0", name, number));
    return {};
  }

  [[nodiscard]] std::optional<stats::BootstrapPlan> plan() const {
    if (resamples_ == 0) return std::nullopt;
    return stats::BootstrapPlan{.resamples = static_cast<uint64_t>(resamples_), .seed = static_cast<uint64_t>(seed_)};
  }

  /// Those of the other model; the rest is the same.
  [[nodiscard]] Result<std::optional<PredictionColumns>> other_columns() const {
    if (against_.empty() && !against_prediction_) return std::nullopt;
    PredictionColumns other = columns_;
    if (columns_.scores.empty()) {
      if (against_.size() + (against_prediction_ ? 1 : 0) != 1) return fail(ErrorCode::usage, "found several predictions of the other model, expected one");
      other.prediction = against_.empty() ? *against_prediction_ : against_.front();
      return other;
    }
    if (against_.empty())
      return fail(ErrorCode::usage, "the other model has a prediction, but no score", "name it with `--against`, or leave out `--score`");
    if (columns_.prediction.has_value() != against_prediction_.has_value())
      return fail(ErrorCode::usage, "only one of the two models has a column of predictions", "give `--prediction` and `--against-prediction`, or neither");
    other.scores = against_;
    other.prediction = against_prediction_;
    return other;
  }

  [[nodiscard]] Result<SlicedColumn> slice(Env& env, const tensor::Table& table, const stats::Sample& sample, const std::string& column) const {
    MOPS_ASSIGN(const size_t index, tensor::find_column(table.path(), table.names(), column));
    constexpr tensor::LabelLimit k_slices = {.most = 1000, .what = "different values", .help = "slice by a column with few values"};
    MOPS_ASSIGN(const tensor::Labels labels, table.labels(index, k_slices));
    SlicedColumn sliced{.column = column, .minimum_rows = static_cast<uint64_t>(minimum_rows_), .slices = {}};
    const stats::SlicePlan how{.minimum_rows = sliced.minimum_rows, .bootstrap = plan()};
    MOPS_ASSIGN(sliced.slices, stats::slice(sample, labels.classes, labels.codes, wanted_, how, env.stop));
    return sliced;
  }

  std::string file_;
  PredictionColumns columns_;
  std::vector<std::string> wanted_;
  int64_t resamples_ = 0;
  int64_t seed_ = 0;
  std::vector<std::string> slices_;
  int64_t minimum_rows_ = 30;
  std::vector<std::string> against_;
  std::optional<std::string> against_prediction_;
  std::string format_ = "text";
};

}  // namespace

std::unique_ptr<Command> make_metrics_command() { return std::make_unique<MetricsCommand>(); }

}  // namespace mops::cli
