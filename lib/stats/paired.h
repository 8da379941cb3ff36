#pragma once

#include "stats/bootstrap.h"

namespace mops::stats {

/// A metric of two models on the same rows.
struct Difference {
  std::string name;
  Better better = Better::higher;
  double first = 0;
  double second = 0;
  std::optional<Interval> interval;  ///< of second less first, by paired bootstrap

  [[nodiscard]] double value() const { return second - first; }
};

/// The wanted metrics that both models have a value of. Both have the same truth and weights. Error: interrupted.
Result<std::vector<Difference>> compare(const Sample& first, const Sample& second, MetricNames wanted, const std::optional<BootstrapPlan>& plan,
                                        const std::stop_token& stop = {});

/// McNemar's test of two classifiers on the same rows: whether those that only one of them has right are as many either way. Rows count,
/// whatever they weigh.
enum class McNemarMethod { exact, chi_squared };
struct McNemar {
  uint64_t only_first_right = 0;
  uint64_t only_second_right = 0;
  McNemarMethod method = McNemarMethod::exact;
  double p_value = 1;
};
/// Exact (binomial, two-sided) below 25 such rows; from there on chi-squared with one degree of freedom and Edwards' correction for
/// continuity, (|b - c| - 1)^2 / (b + c).
McNemar mcnemar(uint64_t only_first_right, uint64_t only_second_right);

/// How otherwise two models answer for the same rows, whatever is true of them. Rows count, whatever they weigh.
struct Disagreement {
  std::optional<double> other_class;  ///< share of the rows for which they predict another class; nothing for numbers
  std::optional<double> distance;     ///< the mean distance of their scores, or of their numbers; of several classes nothing
};
/// Of two samples of one kind and of as many rows, at least one.
Disagreement disagreement(const Sample& first, const Sample& second);

/// Of two samples of classes with the same truth; nothing for numbers.
std::optional<McNemar> mcnemar(const Sample& first, const Sample& second);

}  // namespace mops::stats
