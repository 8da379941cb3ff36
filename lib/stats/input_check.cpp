#include "stats/input_check.h"

#include <cmath>

namespace mops::stats {

Result<void> check_rows(size_t truth, size_t other, std::string_view what) {
  if (truth != other) return fail(ErrorCode::invalid, fmt::format("found {} {} for {} rows of truth", other, what, truth));
  if (truth == 0) return fail(ErrorCode::invalid, "there are no rows");
  return {};
}

Result<void> check_finite(std::span<const double> values, std::string_view what) {
  // A sum is finite only if all terms are; it is looked for only then.
  double sum = 0;
  for (const double value : values) sum += value * 0;
  if (sum == 0) return {};
  size_t row = 0;
  while (std::isfinite(values[row])) ++row;
  return fail(ErrorCode::invalid, fmt::format("row {} of the {} is not a finite number", row + 1, what));
}

Result<void> check_probabilities(std::span<const double> values, std::string_view what) {
  MOPS_TRY(check_finite(values, what));
  for (size_t i = 0; i < values.size(); ++i) {
    if (!(values[i] >= 0 && values[i] <= 1))
      return fail(ErrorCode::invalid, fmt::format("row {} of the {} is {}, expected a probability", i + 1, what, values[i]));
  }
  return {};
}

Result<void> check_weights(size_t rows, std::span<const double> weights) {
  if (weights.empty()) return {};
  MOPS_TRY(check_rows(rows, weights.size(), "weights"));
  MOPS_TRY(check_finite(weights, "weights"));
  double sum = 0;
  for (size_t i = 0; i < weights.size(); ++i) {
    if (weights[i] < 0) return fail(ErrorCode::invalid, fmt::format("row {} of the weights is {}, expected at least 0", i + 1, weights[i]));
    sum += weights[i];
  }
  if (sum == 0) return fail(ErrorCode::invalid, "all weights are 0");
  if (!std::isfinite(sum)) return fail(ErrorCode::invalid, "the sum of the weights is too large for a number");
  return {};
}

}  // namespace mops::stats
