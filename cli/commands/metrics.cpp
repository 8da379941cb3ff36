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
            .summary = "measure predictions against the truth: truth and predictions in, metrics out",
            .examples = {"mops metrics scored.csv --task binary-classification --truth churned --score probability",
                         "mops metrics scored.jsonl --task multiclass-classification --truth species --score cat=p_cat --score dog=p_dog",
                         "mops metrics scored.npy --task regression --truth delay --prediction y --weight w --format json"}};
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
            {.name = "--format", .value = "FORMAT", .help = "how to print", .target = &format_, .choices = {"text", "json"}}};
  }

  Result<ExitCode> run(Env& env) override {
    MOPS_TRY(check_metrics());
    MOPS_ASSIGN(const auto table, tensor::open_table(env.files, env.folder / file_, file_));
    MOPS_ASSIGN(const auto sample, read_sample(*table, columns_));
    const MetricsReport report{.task = columns_.task, .sample = *sample, .metrics = sample->measure(wanted_)};
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

  std::string file_;
  PredictionColumns columns_;
  std::vector<std::string> wanted_;
  std::string format_ = "text";
};

}  // namespace

std::unique_ptr<Command> make_metrics_command() { return std::make_unique<MetricsCommand>(); }

}  // namespace mops::cli
