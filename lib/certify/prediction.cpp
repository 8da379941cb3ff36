#include "certify/prediction.h"

namespace mops::certify {
namespace {

constexpr size_t k_rows_per_request = 64;
constexpr double k_threshold = 0.5;

/// Truth and what the model said, row by row; which of them are filled depends on the task.
struct Pairs {
  std::vector<std::string> truth_texts;
  std::vector<double> scores;
  std::vector<std::string> prediction_texts;
};

Error not_a_number(const std::string& output, size_t row) {
  return {.code = ErrorCode::refused, .message = fmt::format("output `{}` of row {} is not a number", output, row + 1),
          .help = "`certification` in mops.yaml must name an output that is one"};
}

/// Appends what one answer says to rows that begin at `first`.
Result<void> collect(const model::Certification& wanted, const tensor::Answer& answer, size_t first, Pairs& pairs) {
  const auto numbers = [&](const std::string& name, std::vector<double>& out) -> Result<void> {
    const tensor::Column* column = answer.find(name);
    if (column == nullptr) return fail(ErrorCode::refused, fmt::format("the answer has no output `{}`", name));
    for (size_t row = 0; row < column->rows(); ++row) {
      const auto number = tensor::to_number(column->at(row));
      if (!number) return fail(not_a_number(name, first + row));
      out.push_back(*number);
    }
    return {};
  };
  if (!wanted.score.empty()) MOPS_TRY(numbers(wanted.score, pairs.scores));
  if (wanted.prediction.empty()) return {};
  const tensor::Column* column = answer.find(wanted.prediction);
  if (column == nullptr) return fail(ErrorCode::refused, fmt::format("the answer has no output `{}`", wanted.prediction));
  for (size_t row = 0; row < column->rows(); ++row) pairs.prediction_texts.push_back(tensor::to_text(column->at(row)));
  return {};
}

/// The same class may be written `1`, `1.0` or `true`.
bool same_class(std::string_view text, std::string_view positive) {
  if (text == positive) return true;
  const auto canonical = [](std::string_view t) -> std::string_view {
    if (t == "true" || t == "True" || t == "TRUE" || t == "1.0") return "1";
    if (t == "false" || t == "False" || t == "FALSE" || t == "0.0") return "0";
    return t;
  };
  return canonical(text) == canonical(positive);
}

std::vector<stats::Metric> measure_binary(const model::Certification& wanted, const Pairs& pairs) {
  const std::string positive = wanted.positive.empty() ? "1" : wanted.positive;
  std::vector<uint8_t> truth;
  for (const std::string& text : pairs.truth_texts) truth.push_back(same_class(text, positive) ? 1 : 0);
  std::vector<uint8_t> predicted;
  for (const std::string& text : pairs.prediction_texts) predicted.push_back(same_class(text, positive) ? 1 : 0);
  if (predicted.empty())
    for (const double score : pairs.scores) predicted.push_back(score >= k_threshold ? 1 : 0);
  return stats::measure_binary(truth, pairs.scores, predicted);
}

}  // namespace

stats::MetricKind metric_kind(model::Task task) {
  switch (task) {
    case model::Task::binary_classification: return stats::MetricKind::binary;
    case model::Task::multiclass_classification: return stats::MetricKind::multiclass;
    case model::Task::regression: return stats::MetricKind::regression;
  }
  return stats::MetricKind::binary;
}

Result<std::vector<stats::Metric>> measure_predictions(ModelClient& client, const model::Manifest& manifest, const tensor::Dataset& dataset,
                                                       const Progress& progress, std::stop_token stop) {
  const model::Certification& wanted = manifest.certification;
  MOPS_ASSIGN(const size_t target, dataset.column(wanted.target));
  Pairs pairs;
  for (size_t row = 0; row < dataset.rows(); ++row) {
    pairs.truth_texts.emplace_back(dataset.cell(row, target));
    if (pairs.truth_texts.back().empty())
      return fail(ErrorCode::invalid, fmt::format("{}:{}: the truth `{}` is missing", dataset.path(), dataset.line(row), wanted.target),
                  "every row of a holdout set needs its truth");
  }
  for (size_t first = 0; first < dataset.rows(); first += k_rows_per_request) {
    if (progress) progress("measuring predictions", first, dataset.rows());
    const tensor::RowRange rows{.first = first, .end = std::min(dataset.rows(), first + k_rows_per_request)};
    MOPS_ASSIGN(const tensor::Answer answer, client.ask(dataset, rows, stop));
    MOPS_TRY(collect(wanted, answer, first, pairs));
  }
  switch (manifest.task) {
    case model::Task::binary_classification: return measure_binary(wanted, pairs);
    case model::Task::multiclass_classification: return stats::measure_multiclass(pairs.truth_texts, pairs.prediction_texts);
    case model::Task::regression: break;
  }
  MOPS_ASSIGN(const std::vector<double> truth, dataset.numbers(wanted.target));
  std::vector<double> predicted;
  for (const std::string& text : pairs.prediction_texts) predicted.push_back(std::strtod(text.c_str(), nullptr));
  return stats::measure_regression(truth, predicted);
}

}  // namespace mops::certify
