#pragma once

#include "platform/chain.h"

#include <span>
#include <string>
#include <vector>

namespace mops::cli {

/// What to say first about a journal that is not what the platform wrote: a line for each fault, then what that means and what
/// to do. Empty when there is none. Lines of open faults begin with `! `.
std::vector<std::string> lines_about(std::span<const platform::JournalFault> faults);

}  // namespace mops::cli
