#include "stats/regression.h"

#include "stats/input_check.h"
#include "stats/pairwise_sum.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace mops::stats {
namespace {

using Numbers = std::span<const double>;

Result<void> check(Numbers truth, Numbers predicted) {
  MOPS_TRY(check_rows(truth.size(), predicted.size(), "predictions"));
  MOPS_TRY(check_finite(truth, "truth"));
  return check_finite(predicted, "predictions");
}

template <typename Term>
double mean(size_t rows, const Term& term) {
  return pairwise_sum(0, rows, term) / static_cast<double>(rows);
}

double squared(double value) { return value * value; }

}  // namespace

Result<double> mean_absolute_error(Numbers truth, Numbers predicted) {
  MOPS_TRY(check(truth, predicted));
  return mean(truth.size(), [&](size_t i) { return std::fabs(predicted[i] - truth[i]); });
}

Result<double> mean_squared_error(Numbers truth, Numbers predicted) {
  MOPS_TRY(check(truth, predicted));
  return mean(truth.size(), [&](size_t i) { return squared(predicted[i] - truth[i]); });
}

Result<double> root_mean_squared_error(Numbers truth, Numbers predicted) {
  MOPS_ASSIGN(const double squares, mean_squared_error(truth, predicted));
  return std::sqrt(squares);
}

Result<double> median_absolute_error(Numbers truth, Numbers predicted) {
  MOPS_TRY(check(truth, predicted));
  std::vector<double> errors(truth.size());
  for (size_t i = 0; i < errors.size(); ++i) errors[i] = std::fabs(predicted[i] - truth[i]);
  const auto middle = errors.begin() + static_cast<ptrdiff_t>(errors.size() / 2);
  std::nth_element(errors.begin(), middle, errors.end());
  if (errors.size() % 2 == 1) return *middle;
  return (*std::max_element(errors.begin(), middle) + *middle) / 2;
}

Result<double> mean_absolute_percentage_error(Numbers truth, Numbers predicted) {
  MOPS_TRY(check(truth, predicted));
  constexpr double k_eps = std::numeric_limits<double>::epsilon();
  return mean(truth.size(), [&](size_t i) { return std::fabs(predicted[i] - truth[i]) / std::max(std::fabs(truth[i]), k_eps); });
}

Result<double> max_error(Numbers truth, Numbers predicted) {
  MOPS_TRY(check(truth, predicted));
  double largest = 0;
  for (size_t i = 0; i < truth.size(); ++i) largest = std::max(largest, std::fabs(predicted[i] - truth[i]));
  return largest;
}

Result<double> r2(Numbers truth, Numbers predicted) {
  MOPS_TRY(check(truth, predicted));
  if (truth.size() < 2) return fail(ErrorCode::invalid, "there is only one row");
  const double center = mean(truth.size(), [&](size_t i) { return truth[i]; });
  const double residual = pairwise_sum(0, truth.size(), [&](size_t i) { return squared(truth[i] - predicted[i]); });
  const double total = pairwise_sum(0, truth.size(), [&](size_t i) { return squared(truth[i] - center); });
  const auto [smallest, largest] = std::minmax_element(truth.begin(), truth.end());
  if (*smallest == *largest || total == 0) return residual == 0 ? 1.0 : 0.0;
  return 1 - residual / total;
}

}  // namespace mops::stats
