#pragma once

#include "cli/console.h"
#include "load/rate_search.h"

#include <string>

namespace mops::cli {

/// One line a step, for people, with the verdict at the end.
std::string to_text(const std::string& url, const load::LoadPlan& plan, const load::RateLimit& limit, const load::RateSearch& search, const Console& console);

/// `schemas/rate-search-v1.yaml` describes it.
std::string to_json(const std::string& url, const load::LoadPlan& plan, const load::RateLimit& limit, const load::RateSearch& search);

}  // namespace mops::cli
