#pragma once

#include "certify/measurement.h"

#include <optional>
#include <string>

namespace mops::certify {

struct MeasuredLoad {
  evidence::Performance performance;
  stats::FineHistogram latency;                 ///< of all runs together
  Curve rate_curve;                             ///< as measurements.h says
  std::string first_error;
  std::optional<std::string> generator_limited; ///< why the numbers of the runs say more about the generator than about the model
};

/// Sends the load of the manifest, in as many runs as it says, one after the other; then, where 99 % of the answers must come within a
/// time, searches for the highest rate that keeps to it. Holds the machine for as long. Errors: that of a load; interrupted.
Result<MeasuredLoad> measure_load(const MeasurementOrder& order, const Progress& progress, const std::stop_token& stop);

}  // namespace mops::certify
