#pragma once

#include "stats/bootstrap.h"

namespace mops::stats {

/// A metric and how sure it is. Nothing was resampled, or too many resamples were undefined: no interval.
struct Estimate {
  Metric metric;
  std::optional<Interval> interval;
};

/// The wanted metrics of a sample, with intervals where there is a plan. Error: interrupted.
Result<std::vector<Estimate>> estimate(const Sample& sample, MetricNames wanted, const std::optional<BootstrapPlan>& plan, const std::stop_token& stop = {});

/// The rows that have one value in the column that was sliced by.
struct Slice {
  std::string value;
  uint64_t rows = 0;
  bool has_too_little_data = false;  ///< its numbers are shown, but it is no metric's worst
  std::vector<Estimate> metrics;
};

struct Slices {
  std::vector<Slice> slices;  ///< in the order of the values
  /// By metric, the slice with the worst value. A metric that no slice with enough data has is not there.
  std::vector<std::pair<std::string, std::string>> worst;
};

struct SlicePlan {
  uint64_t minimum_rows = 30;
  std::optional<BootstrapPlan> bootstrap = {};
};

/// Cuts a sample: `codes` has an index of `values` for each row. A value without rows has no slice. Error: interrupted.
Result<Slices> slice(const Sample& sample, std::span<const std::string> values, std::span<const uint32_t> codes, MetricNames wanted, const SlicePlan& plan,
                     const std::stop_token& stop = {});

}  // namespace mops::stats
