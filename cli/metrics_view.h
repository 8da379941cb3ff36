#pragma once

#include "cli/console.h"
#include "stats/estimate.h"
#include "stats/paired.h"

#include <optional>
#include <string>
#include <vector>

namespace mops::cli {

/// One column that the rows were sliced by.
struct SlicedColumn {
  std::string column;
  uint64_t minimum_rows = 0;
  stats::Slices slices;
};

/// Another model on the same rows. Differences are this model less the other one.
struct MetricsComparison {
  std::vector<stats::Difference> differences;
  std::optional<stats::McNemar> mcnemar;
};

/// What `mops metrics` says.
struct MetricsReport {
  std::string task;
  const stats::Sample& sample;
  std::optional<stats::BootstrapPlan> bootstrap;
  std::vector<stats::Estimate> metrics;
  std::vector<SlicedColumn> slices;
  std::optional<MetricsComparison> comparison;
};

/// A table for people.
std::string to_text(const MetricsReport& report, const Console& console);

/// `schemas/metrics-v1.yaml` describes it.
std::string to_json(const MetricsReport& report);

}  // namespace mops::cli
