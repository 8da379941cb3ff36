#pragma once

#include "base/process_usage.h"
#include "cli/console.h"
#include "load/load.h"

#include <optional>
#include <string>

namespace mops::cli {

/// What a person reads of a load, with its verdict at the end. `server`: what a process took meanwhile, if one was watched.
std::string to_text(const std::string& url, const load::LoadPlan& plan, const load::LoadReport& report, const std::optional<ProcessUsage>& server,
                    const Console& console);

/// `schemas/load-v1.yaml` describes it.
std::string to_json(const std::string& url, const load::LoadPlan& plan, const load::LoadReport& report, const std::optional<ProcessUsage>& server);

}  // namespace mops::cli
