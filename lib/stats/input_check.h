#pragma once

#include "base/result.h"

#include <span>
#include <string_view>

namespace mops::stats {

/// Error invalid for no rows, or when truth and what is held against it (`what`: "scores") have unequal lengths.
Result<void> check_rows(size_t truth, size_t other, std::string_view what);
/// Error invalid that names the first row (from 1) with NaN or infinity.
Result<void> check_finite(std::span<const double> values, std::string_view what);
/// Error invalid that names the first row with what is not in [0, 1].
Result<void> check_probabilities(std::span<const double> values, std::string_view what);
/// Weights are none at all (each row counts 1), or one for each row: finite, none below 0, not all 0. Error: invalid.
Result<void> check_weights(size_t rows, std::span<const double> weights);

}  // namespace mops::stats
