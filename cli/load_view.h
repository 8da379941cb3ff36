#pragma once

#include "cli/console.h"
#include "load/load.h"

#include <string>

namespace mops::cli {

/// What a person reads of a load, with its verdict at the end.
std::string to_text(const std::string& url, const load::LoadPlan& plan, const load::LoadReport& report, const Console& console);

/// `schemas/load-v1.yaml` describes it.
std::string to_json(const std::string& url, const load::LoadPlan& plan, const load::LoadReport& report);

}  // namespace mops::cli
