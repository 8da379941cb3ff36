#pragma once

#include "base/result.h"

#include <span>

namespace mops::stats {

/// Definitions and names are scikit-learn's (sklearn.metrics), without weights and for one output. Errors: invalid, for no
/// rows, unequal lengths, numbers that are not finite, and where a definition says so.

Result<double> mean_absolute_error(std::span<const double> truth, std::span<const double> predicted);
Result<double> mean_squared_error(std::span<const double> truth, std::span<const double> predicted);
Result<double> root_mean_squared_error(std::span<const double> truth, std::span<const double> predicted);
/// Of an even number of rows the mean of the two in the middle.
Result<double> median_absolute_error(std::span<const double> truth, std::span<const double> predicted);
/// A share, not per cent; a truth nearer to 0 than eps = 2^-52 counts as eps.
Result<double> mean_absolute_percentage_error(std::span<const double> truth, std::span<const double> predicted);
Result<double> max_error(std::span<const double> truth, std::span<const double> predicted);
/// Undefined below two rows. A constant truth has 1 when all is predicted exactly, else 0. (Constant means equal values;
/// scikit-learn goes by the rounded sum of squares, and answers a huge negative number for some constants.)
Result<double> r2(std::span<const double> truth, std::span<const double> predicted);

}  // namespace mops::stats
