#pragma once

#include "cli/console.h"
#include "gateway/traffic.h"

#include <string>
#include <vector>

namespace mops::cli {

/// A row for each column of each version, for people.
std::string to_text(const std::vector<gateway::VersionTraffic>& versions, const Console& console);

/// `schemas/traffic-report-v1.yaml` describes it.
std::string to_json(const std::vector<gateway::VersionTraffic>& versions);

}  // namespace mops::cli
