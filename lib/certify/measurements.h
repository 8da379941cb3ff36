#pragma once

#include "base/result.h"
#include "certify/distribution.h"
#include "document/document.h"
#include "document/value.h"
#include "stats/histogram.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace mops::certify {

/// Points of a curve, each with as many numbers as its name says.
using Curve = std::vector<std::vector<double>>;

// The curves that exist; a reader passes over others.
inline constexpr std::string_view k_latency_curve = "latency_ms";                ///< share of the requests, milliseconds
inline constexpr std::string_view k_roc_curve = "roc";                           ///< false positive rate, true positive rate
inline constexpr std::string_view k_precision_recall_curve = "precision_recall"; ///< recall, precision
inline constexpr std::string_view k_calibration_curve = "calibration";           ///< mean score, share of positive rows, rows
inline constexpr std::string_view k_residual_curve = "residuals";                ///< mean prediction; a tenth below, median, a tenth above of truth less prediction; rows
inline constexpr std::string_view k_rate_curve = "rate";                         ///< requests a second as sent, p99 in milliseconds

/// What a certificate stands on, in numbers too many for it: kept beside it, named by its digest (`measurements/v1`). No row of data.
struct Measurements {
  std::vector<stats::Histogram::Bucket> latency;
  std::map<std::string, Curve, std::less<>> curves;
  std::vector<DatasetDistributions> distributions;

  /// nullptr: there is none.
  [[nodiscard]] const Curve* find(std::string_view curve) const;
};

document::Value to_value(const Measurements& measurements);
/// Error: invalid, as `path:line:col: what`.
Result<Measurements> read_measurements(const document::Document& document);

/// k_latency_curve of a histogram: from the fastest to the slowest request, close together where few are.
Curve latency_curve(const stats::Histogram& latency);

}  // namespace mops::certify
