#include "stats/paired.h"

#include "stats/binomial.h"
#include "stats/pairwise_sum.h"
#include "stats/samples.h"

#include <algorithm>
#include <cmath>

namespace mops::stats {
namespace {

double mean_distance(std::span<const double> first, std::span<const double> second) {
  return pairwise_sum(0, first.size(), [&](size_t row) { return std::fabs(first[row] - second[row]); }) / static_cast<double>(first.size());
}

template <typename Differs>
double share_of(size_t rows, const Differs& differs) {
  uint64_t count = 0;
  for (size_t row = 0; row < rows; ++row) count += differs(row) ? 1 : 0;
  return static_cast<double>(count) / static_cast<double>(rows);
}

Disagreement between(const BinarySample::Columns& first, const BinarySample::Columns& second) {
  Disagreement found{.other_class = share_of(first.predicted.size(), [&](size_t row) { return first.predicted[row] != second.predicted[row]; }), .distance = std::nullopt};
  if (!first.scores.empty() && !second.scores.empty()) found.distance = mean_distance(first.scores, second.scores);
  return found;
}

Disagreement between(const MulticlassSample::Columns& first, const MulticlassSample::Columns& second) {
  return {.other_class = share_of(first.predicted.size(), [&](size_t row) { return first.classes[first.predicted[row]] != second.classes[second.predicted[row]]; }),
          .distance = std::nullopt};
}

template <typename Kind>
const auto& columns_of(const Sample& sample) {
  return dynamic_cast<const Kind&>(sample).columns();
}

}  // namespace

Disagreement disagreement(const Sample& first, const Sample& second) {
  switch (first.kind()) {
    case MetricKind::binary: return between(columns_of<BinarySample>(first), columns_of<BinarySample>(second));
    case MetricKind::multiclass: return between(columns_of<MulticlassSample>(first), columns_of<MulticlassSample>(second));
    case MetricKind::regression: break;
  }
  return {.other_class = std::nullopt, .distance = mean_distance(columns_of<RegressionSample>(first).predicted, columns_of<RegressionSample>(second).predicted)};
}

Result<std::vector<Difference>> compare(const Sample& first, const Sample& second, MetricNames wanted, const std::optional<BootstrapPlan>& plan,
                                        const std::stop_token& stop) {
  const std::vector<Metric> before = first.measure(wanted);
  const std::vector<Metric> after = second.measure(wanted);
  std::vector<Difference> differences;
  std::vector<std::string_view> defined;
  for (size_t i = 0; i < before.size(); ++i) {
    if (!before[i].value || !after[i].value) continue;
    defined.push_back(before[i].name);
    differences.push_back({.name = before[i].name,
                           .better = find_metric(first.kind(), before[i].name)->better,
                           .first = *before[i].value,
                           .second = *after[i].value,
                           .interval = std::nullopt});
  }
  if (!plan || defined.empty()) return differences;
  MOPS_ASSIGN(const Intervals intervals, bootstrap_difference(first, second, defined, *plan, stop));
  for (size_t i = 0; i < differences.size(); ++i) differences[i].interval = intervals[i];
  return differences;
}

McNemar mcnemar(uint64_t only_first_right, uint64_t only_second_right) {
  constexpr uint64_t k_enough = 25;
  McNemar test{.only_first_right = only_first_right, .only_second_right = only_second_right};
  const uint64_t discordant = only_first_right + only_second_right;
  const uint64_t larger = std::max(only_first_right, only_second_right);
  if (discordant < k_enough) {
    test.p_value = std::min(1.0, 2 * binomial_at_least(larger, discordant, 0.5));
    return test;
  }
  test.method = McNemarMethod::chi_squared;
  const double distance = std::max(0.0, static_cast<double>(2 * larger - discordant) - 1);
  // The upper tail of chi-squared with one degree of freedom is that of both sides of the normal distribution.
  test.p_value = std::erfc(distance / std::sqrt(2 * static_cast<double>(discordant)));
  return test;
}

std::optional<McNemar> mcnemar(const Sample& first, const Sample& second) {
  const std::vector<uint8_t> before = first.is_right();
  const std::vector<uint8_t> after = second.is_right();
  if (before.empty()) return std::nullopt;
  uint64_t only_first = 0;
  uint64_t only_second = 0;
  for (size_t row = 0; row < before.size(); ++row) {
    only_first += before[row] > after[row] ? 1 : 0;
    only_second += before[row] < after[row] ? 1 : 0;
  }
  return mcnemar(only_first, only_second);
}

}  // namespace mops::stats
