#include "cli/prediction_columns.h"

#include "base/text.h"
#include "tensor/cell_error.h"

#include <algorithm>
#include <map>
#include <numeric>

namespace mops::cli {
namespace {

constexpr double k_threshold = 0.5;

Result<std::vector<double>> numbers(const tensor::Table& table, const std::string& name) {
  MOPS_ASSIGN(const size_t column, tensor::find_column(table.path(), table.names(), name));
  return table.numbers(column);
}

Result<tensor::Labels> labels(const tensor::Table& table, const std::string& name) {
  MOPS_ASSIGN(const size_t column, tensor::find_column(table.path(), table.names(), name));
  return table.labels(column, tensor::k_classes);
}

Result<std::vector<double>> weights(const tensor::Table& table, const std::optional<std::string>& name) {
  if (!name) return std::vector<double>();
  MOPS_ASSIGN(const size_t column, tensor::find_column(table.path(), table.names(), *name));
  MOPS_ASSIGN(std::vector<double> values, table.numbers(column));
  const auto negative = std::find_if(values.begin(), values.end(), [](double value) { return value < 0; });
  if (negative != values.end())
    return tensor::cell_error(table, static_cast<size_t>(negative - values.begin()), column, fmt::format("found {}, expected at least 0", *negative));
  const double sum = std::accumulate(values.begin(), values.end(), 0.0);
  if (sum == 0) return fail(ErrorCode::invalid, fmt::format("{}: all weights in `{}` are 0", table.path(), *name));
  if (!std::isfinite(sum)) return fail(ErrorCode::invalid, fmt::format("{}: the sum of the weights in `{}` is too large for a number", table.path(), *name));
  return values;
}

/// Error: the first score that is no probability.
Result<void> check_probabilities(const tensor::Table& table, const std::string& name, std::span<const double> scores, std::string help) {
  const auto bad = std::find_if(scores.begin(), scores.end(), [](double score) { return !(score >= 0 && score <= 1); });
  if (bad == scores.end()) return {};
  MOPS_ASSIGN(const size_t column, tensor::find_column(table.path(), table.names(), name));
  return tensor::cell_error(table, static_cast<size_t>(bad - scores.begin()), column, fmt::format("found {}, expected a probability", *bad), std::move(help));
}

/// The class that counts as positive: what was said, else 1 where the classes are numbers or booleans.
Result<std::string> positive_class(const tensor::Table& table, const PredictionColumns& wanted, const tensor::Labels& truth, const std::optional<tensor::Labels>& predicted) {
  std::vector<std::string> classes = truth.classes;
  if (predicted) classes.insert(classes.end(), predicted->classes.begin(), predicted->classes.end());
  constexpr size_t k_shown = 8;
  std::vector<std::string> distinct;
  for (const std::string& name : classes)
    if (distinct.size() <= k_shown && std::none_of(distinct.begin(), distinct.end(), [&](const std::string& other) { return tensor::is_same_class(name, other); })) distinct.push_back(name);
  if (distinct.size() > 2) {
    const bool is_many = distinct.size() > k_shown;
    if (is_many) distinct.resize(k_shown);
    return fail(ErrorCode::invalid, fmt::format("{}: found the classes {}{}, expected two", table.path(), quoted_list(distinct, "and"), is_many ? " and more" : ""),
                "with more than two classes the task is `multiclass-classification`");
  }
  if (wanted.positive) {
    const bool is_known = std::any_of(distinct.begin(), distinct.end(), [&](const std::string& name) { return tensor::is_same_class(name, *wanted.positive); });
    if (!is_known && distinct.size() == 2)
      return fail(ErrorCode::invalid, fmt::format("{}: no row of `{}` is `{}`", table.path(), wanted.truth, *wanted.positive), fmt::format("its classes are {}", quoted_list(distinct, "and")));
    return *wanted.positive;
  }
  const bool are_numbers = std::all_of(distinct.begin(), distinct.end(), [](const std::string& name) {
    return tensor::is_same_class(name, "0") || tensor::is_same_class(name, "1") || name == "-1";
  });
  const bool has_one = std::any_of(distinct.begin(), distinct.end(), [](const std::string& name) { return tensor::is_same_class(name, "1"); });
  if (!are_numbers || (distinct.size() == 2 && !has_one))
    return fail(ErrorCode::usage, fmt::format("which class of `{}` is the positive one?", wanted.truth), fmt::format("its classes are {}: say `--positive CLASS`", quoted_list(distinct, "and")));
  return std::string("1");
}

std::vector<uint8_t> bits_of(const tensor::Labels& labels, const std::string& positive) {
  std::vector<uint8_t> of_class;
  for (const std::string& name : labels.classes) of_class.push_back(tensor::is_same_class(name, positive) ? 1 : 0);
  std::vector<uint8_t> bits;
  bits.reserve(labels.codes.size());
  for (const uint32_t code : labels.codes) bits.push_back(of_class[code]);
  return bits;
}

Result<std::unique_ptr<stats::Sample>> read_binary(const tensor::Table& table, const PredictionColumns& wanted) {
  if (wanted.scores.size() > 1) return fail(ErrorCode::usage, "found several `--score`, expected one", "with more than two classes the task is `multiclass-classification`");
  if (wanted.scores.empty() && !wanted.prediction) return fail(ErrorCode::usage, "there is nothing to measure", "say `--score COLUMN`, `--prediction COLUMN` or both");
  MOPS_ASSIGN(const tensor::Labels truth, labels(table, wanted.truth));
  std::optional<tensor::Labels> predicted;
  if (wanted.prediction) {
    MOPS_ASSIGN(predicted, labels(table, *wanted.prediction));
  }
  MOPS_ASSIGN(const std::string positive, positive_class(table, wanted, truth, predicted));
  stats::BinarySample::Columns columns{.truth = bits_of(truth, positive)};
  if (!wanted.scores.empty()) {
    MOPS_ASSIGN(columns.scores, numbers(table, wanted.scores[0]));
  }
  if (predicted) {
    columns.predicted = bits_of(*predicted, positive);
  } else {
    if (!wanted.threshold) {
      MOPS_TRY(check_probabilities(table, wanted.scores[0], columns.scores, "if these scores are no probabilities, say from which one on a row is positive: `--threshold VALUE`, or `--prediction COLUMN`"));
    }
    const double threshold = wanted.threshold.value_or(k_threshold);
    columns.predicted.reserve(columns.scores.size());
    for (const double score : columns.scores) columns.predicted.push_back(score >= threshold ? 1 : 0);
  }
  MOPS_ASSIGN(columns.weights, weights(table, wanted.weight));
  return std::make_unique<stats::BinarySample>(std::move(columns));
}

/// Between class and column. Either may have an equals sign of its own: then what follows ours is a column.
size_t equals_sign(const tensor::Table& table, std::string_view words) {
  const size_t first = words.find('=');
  for (size_t at = first; at != std::string_view::npos; at = words.find('=', at + 1))
    if (std::find(table.names().begin(), table.names().end(), words.substr(at + 1)) != table.names().end()) return at;
  return first;
}

/// Scores by class; their columns are checked to be probabilities.
Result<void> read_class_scores(const tensor::Table& table, const PredictionColumns& wanted, stats::MulticlassSample::Columns& columns) {
  std::map<std::string, std::string> column_of;
  for (const std::string& words : wanted.scores) {
    const size_t equals = equals_sign(table, words);
    if (equals == 0 || equals == std::string::npos || equals + 1 == words.size())
      return fail(ErrorCode::usage, fmt::format("found `--score {}`, expected `CLASS=COLUMN`", words), "say one `--score` for each class, such as `--score cat=p_cat --score dog=p_dog`");
    if (!column_of.emplace(tensor::class_name(words.substr(0, equals)), words.substr(equals + 1)).second)
      return fail(ErrorCode::usage, fmt::format("found two `--score` for the class `{}`, expected one", words.substr(0, equals)));
  }
  for (const auto& [name, column] : column_of) {
    MOPS_ASSIGN(std::vector<double> scores, numbers(table, column));
    MOPS_TRY(check_probabilities(table, column, scores, {}));
    columns.score_classes.push_back(name);
    columns.scores.push_back(std::move(scores));
  }
  return {};
}

/// The class with the highest score in each row; of equal ones the first.
tensor::Labels highest(const stats::MulticlassSample::Columns& columns) {
  tensor::Labels labels{.classes = columns.score_classes, .codes = {}};
  for (size_t row = 0; row < columns.scores[0].size(); ++row) {
    uint32_t best = 0;
    for (uint32_t k = 1; k < columns.scores.size(); ++k)
      if (columns.scores[k][row] > columns.scores[best][row]) best = k;
    labels.codes.push_back(best);
  }
  return labels;
}

/// Numbers both sides by one list of the classes that have a row.
void join_classes(const tensor::Labels& truth, const tensor::Labels& predicted, stats::MulticlassSample::Columns& columns) {
  std::map<std::string, uint32_t> place_of;
  for (const auto* side : {&truth, &predicted})
    for (const uint32_t code : side->codes) place_of.emplace(side->classes[code], 0);
  for (auto& [name, place] : place_of) {
    place = static_cast<uint32_t>(columns.classes.size());
    columns.classes.push_back(name);
  }
  const auto renumbered = [&](const tensor::Labels& side) {
    std::vector<uint32_t> places;
    for (const std::string& name : side.classes) {
      const auto found = place_of.find(name);
      places.push_back(found == place_of.end() ? 0 : found->second);
    }
    std::vector<uint32_t> codes;
    codes.reserve(side.codes.size());
    for (const uint32_t code : side.codes) codes.push_back(places[code]);
    return codes;
  };
  columns.truth = renumbered(truth);
  columns.predicted = renumbered(predicted);
}

Result<std::unique_ptr<stats::Sample>> read_multiclass(const tensor::Table& table, const PredictionColumns& wanted) {
  if (wanted.scores.empty() && !wanted.prediction)
    return fail(ErrorCode::usage, "there is nothing to measure", "say `--prediction COLUMN`, or `--score CLASS=COLUMN` for each class, or both");
  MOPS_ASSIGN(const tensor::Labels truth, labels(table, wanted.truth));
  stats::MulticlassSample::Columns columns;
  MOPS_TRY(read_class_scores(table, wanted, columns));
  if (!columns.scores.empty()) {
    for (const std::string& name : truth.classes)
      if (!std::binary_search(columns.score_classes.begin(), columns.score_classes.end(), name))
        return fail(ErrorCode::usage, fmt::format("the class `{}` of `{}` has no `--score`", name, wanted.truth), fmt::format("say `--score {}=COLUMN`", name));
  }
  tensor::Labels predicted;
  if (wanted.prediction) {
    MOPS_ASSIGN(predicted, labels(table, *wanted.prediction));
  } else {
    predicted = highest(columns);
  }
  join_classes(truth, predicted, columns);
  MOPS_ASSIGN(columns.weights, weights(table, wanted.weight));
  return std::make_unique<stats::MulticlassSample>(std::move(columns));
}

Result<std::unique_ptr<stats::Sample>> read_regression(const tensor::Table& table, const PredictionColumns& wanted) {
  if (!wanted.scores.empty()) return fail(ErrorCode::usage, "`--score` is for classification", "say `--prediction COLUMN`");
  if (!wanted.prediction) return fail(ErrorCode::usage, "there is nothing to measure", "say `--prediction COLUMN`");
  stats::RegressionSample::Columns columns{.quantile = wanted.quantile};
  MOPS_ASSIGN(columns.truth, numbers(table, wanted.truth));
  MOPS_ASSIGN(columns.predicted, numbers(table, *wanted.prediction));
  MOPS_ASSIGN(columns.weights, weights(table, wanted.weight));
  return std::make_unique<stats::RegressionSample>(std::move(columns));
}

}  // namespace

stats::MetricKind PredictionColumns::kind() const {
  if (task == "binary-classification") return stats::MetricKind::binary;
  return task == "regression" ? stats::MetricKind::regression : stats::MetricKind::multiclass;
}

Result<std::unique_ptr<stats::Sample>> read_sample(const tensor::Table& table, const PredictionColumns& wanted) {
  if (table.rows() == 0) return fail(ErrorCode::invalid, fmt::format("{}: there are no rows", table.path()));
  if (wanted.threshold && wanted.kind() != stats::MetricKind::binary) return fail(ErrorCode::usage, "`--threshold` is for binary classification");
  if (wanted.positive && wanted.kind() != stats::MetricKind::binary) return fail(ErrorCode::usage, "`--positive` is for binary classification");
  if (!(wanted.quantile >= 0 && wanted.quantile <= 1)) return fail(ErrorCode::usage, fmt::format("found `--quantile {}`, expected 0 to 1", wanted.quantile));
  switch (wanted.kind()) {
    case stats::MetricKind::binary: return read_binary(table, wanted);
    case stats::MetricKind::multiclass: return read_multiclass(table, wanted);
    case stats::MetricKind::regression: break;
  }
  return read_regression(table, wanted);
}

}  // namespace mops::cli
