#pragma once

#include "load/load.h"

#include <string>
#include <vector>

namespace mops::load {

/// The bytes of one request for each body of the plan, or of the one request without a body. Error: usage (a method, path or
/// header that cannot be sent).
Result<std::vector<std::string>> messages_of(const LoadPlan& plan);

}  // namespace mops::load
