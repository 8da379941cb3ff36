#pragma once

#include "base/result.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace mops::stats {

struct CurvePoint {
  double x = 0;
  double y = 0;
  friend bool operator==(const CurvePoint&, const CurvePoint&) = default;
};

// For drawing. Truth is 0 or not. No rows, unequal lengths and numbers that are not finite are always an Error: invalid.
// Curves: a truth of one class is that Error too. They have at most `most` points (at least 3), the first and the last among them; points on
// a straight line between their neighbours are left out first.

/// x: share of negative rows, y: share of positive rows with at least a score, from (0, 0) to (1, 1), as scikit-learn's `roc_curve`.
Result<std::vector<CurvePoint>> roc_curve(std::span<const uint8_t> truth, std::span<const double> scores, size_t most);

/// x: recall, y: precision of the rows with at least a score, from the highest score on, as scikit-learn's `precision_recall_curve` without its
/// last point (recall 0, precision 1), behind which no row stands.
Result<std::vector<CurvePoint>> precision_recall_curve(std::span<const uint8_t> truth, std::span<const double> scores, size_t most);

/// Rows of neighbouring scores.
struct CalibrationBin {
  double mean_score = 0;
  double positive_share = 0;
  uint64_t rows = 0;
};
/// At most `bins` groups of as equal numbers of rows as equal scores allow, from low to high; of any truth.
Result<std::vector<CalibrationBin>> calibration(std::span<const uint8_t> truth, std::span<const double> scores, size_t bins);

/// Rows of neighbouring predictions, and how far the truth was from them.
struct ResidualBand {
  double mean_prediction = 0;
  double low = 0;     ///< a tenth of the residuals (truth less prediction) is below
  double median = 0;
  double high = 0;    ///< a tenth is above
  uint64_t rows = 0;
};
/// At most `bands` groups of as equal numbers of rows as possible, from low to high predictions.
Result<std::vector<ResidualBand>> residual_bands(std::span<const double> truth, std::span<const double> predicted, size_t bands);

}  // namespace mops::stats
