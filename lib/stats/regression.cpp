#include "stats/regression.h"

#include "stats/input_check.h"
#include "stats/order.h"
#include "stats/weighted_mean.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace mops::stats {
namespace {

using Numbers = std::span<const double>;

Result<void> check(Numbers truth, Numbers predicted, Numbers weights) {
  MOPS_TRY(check_rows(truth.size(), predicted.size(), "predictions"));
  MOPS_TRY(check_finite(truth, "truth"));
  MOPS_TRY(check_finite(predicted, "predictions"));
  return check_weights(truth.size(), weights);
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 == 1) return *middle;
  return (*std::max_element(values.begin(), middle) + *middle) / 2;
}

double squared(double value) { return value * value; }

}  // namespace

double percentage_error(double truth, double predicted) {
  return std::fabs(predicted - truth) / std::max(std::fabs(truth), std::numeric_limits<double>::epsilon());
}

double pinball_loss(double truth, double predicted, double quantile) {
  const double distance = truth - predicted;
  return distance >= 0 ? quantile * distance : (quantile - 1) * distance;
}

Result<double> mean_absolute_error(Numbers truth, Numbers predicted, Numbers weights) {
  MOPS_TRY(check(truth, predicted, weights));
  return weighted_mean(truth.size(), weights, [&](size_t i) { return std::fabs(predicted[i] - truth[i]); });
}

Result<double> mean_squared_error(Numbers truth, Numbers predicted, Numbers weights) {
  MOPS_TRY(check(truth, predicted, weights));
  return weighted_mean(truth.size(), weights, [&](size_t i) { return squared(predicted[i] - truth[i]); });
}

Result<double> root_mean_squared_error(Numbers truth, Numbers predicted, Numbers weights) {
  MOPS_ASSIGN(const double squares, mean_squared_error(truth, predicted, weights));
  return std::sqrt(squares);
}

Result<double> median_absolute_error(Numbers truth, Numbers predicted, Numbers weights) {
  MOPS_TRY(check(truth, predicted, weights));
  std::vector<double> errors(truth.size());
  for (size_t i = 0; i < errors.size(); ++i) errors[i] = std::fabs(predicted[i] - truth[i]);
  if (weights.empty()) return median(std::move(errors));
  const std::vector<uint32_t> order = rising_order(errors);
  double all = 0;
  for (const uint32_t row : order) all += weights[row];
  return weighted_median(errors, order, all, [&](uint32_t row) { return weights[row]; });
}

Result<double> mean_absolute_percentage_error(Numbers truth, Numbers predicted, Numbers weights) {
  MOPS_TRY(check(truth, predicted, weights));
  return weighted_mean(truth.size(), weights, [&](size_t i) { return percentage_error(truth[i], predicted[i]); });
}

Result<double> max_error(Numbers truth, Numbers predicted) {
  MOPS_TRY(check(truth, predicted, {}));
  double largest = 0;
  for (size_t i = 0; i < truth.size(); ++i) largest = std::max(largest, std::fabs(predicted[i] - truth[i]));
  return largest;
}

Result<double> mean_pinball_loss(Numbers truth, Numbers predicted, double quantile, Numbers weights) {
  MOPS_TRY(check(truth, predicted, weights));
  if (!(quantile >= 0 && quantile <= 1)) return fail(ErrorCode::invalid, fmt::format("the quantile is {}, expected 0 to 1", quantile));
  return weighted_mean(truth.size(), weights, [&](size_t i) { return pinball_loss(truth[i], predicted[i], quantile); });
}

Result<double> r2(Numbers truth, Numbers predicted, Numbers weights) {
  MOPS_TRY(check(truth, predicted, weights));
  if (truth.size() < 2) return fail(ErrorCode::invalid, "there is only one row");
  const auto is_weighty = [&](size_t i) { return weights.empty() || weights[i] > 0; };
  double smallest = std::numeric_limits<double>::infinity();
  double largest = -smallest;
  for (size_t i = 0; i < truth.size(); ++i) {
    if (!is_weighty(i)) continue;
    smallest = std::min(smallest, truth[i]);
    largest = std::max(largest, truth[i]);
  }
  const double center = weighted_mean(truth.size(), weights, [&](size_t i) { return truth[i]; });
  const double residual = weighted_sum(truth.size(), weights, [&](size_t i) { return squared(truth[i] - predicted[i]); });
  const double total = weighted_sum(truth.size(), weights, [&](size_t i) { return squared(truth[i] - center); });
  if (smallest == largest || total == 0) return residual == 0 ? 1.0 : 0.0;
  return 1 - residual / total;
}

}  // namespace mops::stats
