#pragma once

#include "cli/console.h"
#include "stats/interval.h"
#include "stats/sample.h"

#include <optional>
#include <string>
#include <vector>

namespace mops::cli {

/// What `mops metrics` says.
struct MetricsReport {
  std::string task;
  const stats::Sample& sample;
  std::vector<stats::Metric> metrics;
};

/// A table for people.
std::string to_text(const MetricsReport& report, const Console& console);

/// `schemas/metrics-v1.yaml` describes it.
std::string to_json(const MetricsReport& report);

}  // namespace mops::cli
