#include "certify/prediction.h"

#include "stats/class_counts.h"
#include "stats/curve.h"
#include "stats/samples.h"
#include "tensor/labels.h"

#include <algorithm>

namespace mops::certify {
namespace {

constexpr size_t k_rows_per_request = 64;
constexpr double k_threshold = 0.5;

/// Truth and what the model said, row by row; which of them are filled depends on the task.
struct Pairs {
  std::vector<std::string> truth_texts;
  std::vector<double> scores;
  std::vector<std::string> prediction_texts;
  std::vector<double> prediction_numbers;
};

Error unusable(const std::string& output, size_t row, std::string_view problem) {
  return {.code = ErrorCode::refused, .message = fmt::format("output `{}` of row {} {}", output, row + 1, problem),
          .help = "let `certification` in mops.yaml name another output, or change what the model answers"};
}

/// The output of that name, one value a row.
Result<const tensor::Column*> single_output(const tensor::Answer& answer, const std::string& name) {
  const tensor::Column* column = answer.find(name);
  if (column == nullptr) return fail(ErrorCode::refused, fmt::format("the answer has no output `{}`", name));
  if (column->width == 1) return column;
  return fail(ErrorCode::refused, fmt::format("output `{}` has {} values a row, expected 1", name, column->width),
              "let `certification` in mops.yaml name another output");
}

Result<void> add_numbers(const tensor::Answer& answer, const std::string& name, size_t first, std::vector<double>& numbers) {
  MOPS_ASSIGN(const tensor::Column* const column, single_output(answer, name));
  for (size_t row = 0; row < column->rows(); ++row) {
    const auto number = tensor::to_number(column->at(row));
    if (!number) return fail(unusable(name, first + row, "is not a number"));
    numbers.push_back(*number);
  }
  return {};
}

Result<void> add_texts(const tensor::Answer& answer, const std::string& name, size_t first, std::vector<std::string>& texts) {
  MOPS_ASSIGN(const tensor::Column* const column, single_output(answer, name));
  for (size_t row = 0; row < column->rows(); ++row) {
    texts.push_back(tensor::to_text(column->at(row)));
    if (texts.back().empty()) return fail(unusable(name, first + row, "is missing"));
  }
  return {};
}

/// Appends what one answer says to rows that begin at `first`.
Result<void> collect(const model::Manifest& manifest, const tensor::Answer& answer, size_t first, Pairs& pairs) {
  const model::Certification& wanted = manifest.certification;
  if (manifest.task == model::Task::binary_classification && !wanted.score.empty()) MOPS_TRY(add_numbers(answer, wanted.score, first, pairs.scores));
  if (wanted.prediction.empty()) return {};
  if (manifest.task == model::Task::regression) return add_numbers(answer, wanted.prediction, first, pairs.prediction_numbers);
  return add_texts(answer, wanted.prediction, first, pairs.prediction_texts);
}

std::vector<std::string> class_numbers(const std::vector<std::string>& texts) {
  std::vector<std::string> out;
  for (const std::string& text : texts) out.emplace_back(tensor::class_name(text));
  return out;
}

Curve curve_of(const Result<std::vector<stats::CurvePoint>>& points) {
  Curve curve;
  if (!points) return curve;  // one class only, or a score that is not finite: the metrics say so
  for (const stats::CurvePoint& point : *points) curve.push_back({point.x, point.y});
  return curve;
}

constexpr size_t k_curve_points = 200;
constexpr size_t k_curve_groups = 10;

void draw_binary(const std::vector<uint8_t>& truth, const std::vector<double>& scores, MeasuredPredictions& measured) {
  if (scores.empty()) return;
  measured.curves.emplace(k_roc_curve, curve_of(stats::roc_curve(truth, scores, k_curve_points)));
  measured.curves.emplace(k_precision_recall_curve, curve_of(stats::precision_recall_curve(truth, scores, k_curve_points)));
  if (const auto bins = stats::calibration(truth, scores, k_curve_groups))
    for (const stats::CalibrationBin& bin : *bins)
      measured.curves[std::string(k_calibration_curve)].push_back({bin.mean_score, bin.positive_share, static_cast<double>(bin.rows)});
}

MeasuredPredictions measure_numbers(std::vector<double> truth, std::vector<double> predicted) {
  MeasuredPredictions measured;
  if (const auto bands = stats::residual_bands(truth, predicted, k_curve_groups))
    for (const stats::ResidualBand& band : *bands)
      measured.curves[std::string(k_residual_curve)].push_back({band.mean_prediction, band.low, band.median, band.high, static_cast<double>(band.rows)});
  measured.sample = std::make_unique<stats::RegressionSample>(stats::RegressionSample::Columns{.truth = std::move(truth), .predicted = std::move(predicted)});
  return measured;
}

MeasuredPredictions measure_classes(const Pairs& pairs) {
  stats::CodedClasses coded = stats::code_classes(class_numbers(pairs.truth_texts), class_numbers(pairs.prediction_texts));
  return {.sample = std::make_unique<stats::MulticlassSample>(stats::MulticlassSample::Columns{
              .classes = std::move(coded.classes), .truth = std::move(coded.truth), .predicted = std::move(coded.predicted)}),
          .curves = {}};
}

MeasuredPredictions measure_binary(const model::Certification& wanted, Pairs pairs) {
  const std::string positive = wanted.positive.empty() ? "1" : wanted.positive;
  std::vector<uint8_t> truth;
  for (const std::string& text : pairs.truth_texts) truth.push_back(tensor::is_same_class(text, positive) ? 1 : 0);
  std::vector<uint8_t> predicted;
  for (const std::string& text : pairs.prediction_texts) predicted.push_back(tensor::is_same_class(text, positive) ? 1 : 0);
  if (predicted.empty())
    for (const double score : pairs.scores) predicted.push_back(score >= k_threshold ? 1 : 0);
  MeasuredPredictions measured;
  draw_binary(truth, pairs.scores, measured);
  measured.sample = std::make_unique<stats::BinarySample>(
      stats::BinarySample::Columns{.truth = std::move(truth), .scores = std::move(pairs.scores), .predicted = std::move(predicted)});
  return measured;
}

}  // namespace

stats::BootstrapPlan bootstrap_plan(uint64_t rows) {
  constexpr uint64_t k_most_draws = 200'000'000;
  constexpr uint64_t k_fewest = 200;
  stats::BootstrapPlan plan;
  plan.resamples = std::clamp(k_most_draws / std::max<uint64_t>(rows, 1), k_fewest, plan.resamples);
  return plan;
}

Result<MeasuredPredictions> measure_predictions(ModelClient& client, const model::Manifest& manifest, const tensor::Dataset& dataset, const Progress& progress,
                                                std::stop_token stop, const std::function<void(const tensor::Answer&)>& see) {
  const model::Certification& wanted = manifest.certification;
  MOPS_ASSIGN(const size_t target, dataset.column(wanted.target));
  Pairs pairs;
  for (size_t row = 0; row < dataset.rows(); ++row) {
    pairs.truth_texts.emplace_back(dataset.cell(row, target));
    if (pairs.truth_texts.back().empty())
      return fail(ErrorCode::invalid, fmt::format("{}:{}: the truth `{}` is missing", dataset.path(), dataset.line(row), wanted.target),
                  "every row of a holdout set needs its truth");
  }
  std::vector<double> truth_numbers;
  if (manifest.task == model::Task::regression) {
    MOPS_ASSIGN(truth_numbers, dataset.numbers(wanted.target));
  }
  for (size_t first = 0; first < dataset.rows(); first += k_rows_per_request) {
    if (progress) progress("measuring predictions", first, dataset.rows());
    const tensor::RowRange rows{.first = first, .end = std::min(dataset.rows(), first + k_rows_per_request)};
    MOPS_ASSIGN(const tensor::Answer answer, client.ask(dataset, rows, stop));
    MOPS_TRY(collect(manifest, answer, first, pairs));
    if (see) see(answer);
  }
  switch (manifest.task) {
    case model::Task::binary_classification: return measure_binary(wanted, std::move(pairs));
    case model::Task::multiclass_classification: return measure_classes(pairs);
    case model::Task::regression: break;
  }
  return measure_numbers(std::move(truth_numbers), std::move(pairs.prediction_numbers));
}

}  // namespace mops::certify
