#pragma once

#include "cli/env.h"
#include "target/environment.h"

#include <vector>

namespace mops::cli {

/// The official environments that this binary carries (templates/environments).
Result<std::vector<target::Environment>> official_environments();

/// The one of that name. Error: not_found, with the nearest and the list.
Result<target::Environment> find_environment(const std::string& name);

}  // namespace mops::cli
