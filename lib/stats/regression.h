#pragma once

#include "base/result.h"

#include <span>

namespace mops::stats {

/// Definitions and names are scikit-learn's (sklearn.metrics) for one output. `weights`: one a row, or none, then each row
/// counts 1. Errors: invalid, for no rows, unequal lengths, numbers that are not finite, weights that are negative or all 0,
/// and where a definition says so.

Result<double> mean_absolute_error(std::span<const double> truth, std::span<const double> predicted, std::span<const double> weights = {});
Result<double> mean_squared_error(std::span<const double> truth, std::span<const double> predicted, std::span<const double> weights = {});
Result<double> root_mean_squared_error(std::span<const double> truth, std::span<const double> predicted, std::span<const double> weights = {});
/// Of an even number of rows the mean of the two in the middle. With weights the error at which half of the weight is reached;
/// where it is reached exactly, the mean of this error and the next one of positive weight.
Result<double> median_absolute_error(std::span<const double> truth, std::span<const double> predicted, std::span<const double> weights = {});
/// A share, not per cent; a truth nearer to 0 than eps = 2^-52 counts as eps.
Result<double> mean_absolute_percentage_error(std::span<const double> truth, std::span<const double> predicted, std::span<const double> weights = {});
/// Of all rows: it has no weights.
Result<double> max_error(std::span<const double> truth, std::span<const double> predicted);
/// The loss of a predicted `quantile` (0 to 1): a truth above the prediction costs quantile times the distance, one below it
/// 1 - quantile times.
Result<double> mean_pinball_loss(std::span<const double> truth, std::span<const double> predicted, double quantile, std::span<const double> weights = {});
/// Undefined below two rows. A constant truth has 1 when all is predicted exactly, else 0. (Constant means equal values
/// in all rows of positive weight; scikit-learn goes by the rounded sum of squares, and answers a huge negative number for some constants.)
Result<double> r2(std::span<const double> truth, std::span<const double> predicted, std::span<const double> weights = {});

/// What one row adds to mean_absolute_percentage_error, and to mean_pinball_loss.
double percentage_error(double truth, double predicted);
double pinball_loss(double truth, double predicted, double quantile);

}  // namespace mops::stats
