#pragma once

#include "stats/recount.h"
#include "stats/samples.h"

#include <algorithm>
#include <limits>

namespace mops::stats {

/// One for each kind of sample. They copy what they need. `names`: metrics that the sample has a value of, in the order of `metrics_of`.
std::unique_ptr<Recount> make_recount(const BinarySample::Columns& columns, std::vector<std::string_view> names);
std::unique_ptr<Recount> make_recount(const MulticlassSample::Columns& columns, std::vector<std::string_view> names);
std::unique_ptr<Recount> make_recount(const RegressionSample::Columns& columns, std::vector<std::string_view> names);

constexpr double k_undefined = std::numeric_limits<double>::quiet_NaN();

[[nodiscard]] inline bool has_name(const std::vector<std::string_view>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// Whether one of the metrics is of predicted classes.
[[nodiscard]] inline bool needs_prediction(const std::vector<std::string_view>& names, MetricKind kind) {
  return std::any_of(names.begin(), names.end(), [&](std::string_view name) { return find_metric(kind, name)->needs == Needs::prediction; });
}

/// term(row) of every row, times its weight.
template <typename Term>
std::vector<double> weighted_terms(size_t rows, std::span<const double> weights, const Term& term) {
  std::vector<double> values(rows);
  for (size_t i = 0; i < rows; ++i) values[i] = (weights.empty() ? 1 : weights[i]) * term(i);
  return values;
}

}  // namespace mops::stats
