#pragma once

#include "base/result.h"

#include <span>
#include <string_view>

namespace mops::stats {

/// Error invalid for no rows, or when truth and what is held against it (`what`: "scores") have unequal lengths.
Result<void> check_rows(size_t truth, size_t other, std::string_view what);
/// Error invalid that names the first row (from 1) with NaN or infinity.
Result<void> check_finite(std::span<const double> values, std::string_view what);

}  // namespace mops::stats
