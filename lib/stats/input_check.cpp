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

}  // namespace mops::stats
