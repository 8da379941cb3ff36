#pragma once

#include "policy/pattern.h"

#include <string>
#include <vector>

namespace mops::policy {

/// How an environment's lock file names packages (`lock_lines` of environment/v1). A line begins with the name of what it locks; a line that
/// ends in `\` goes on; empty lines and comments (`#`) are left out.
struct LockLines {
  Pattern entry;                     ///< what each line must match
  std::optional<Pattern> refused;  ///< what no option (`-`) may match; none: options are left out
  std::string expected;              ///< that, for people
  std::vector<std::string> sources;  ///< files beside the lock whose names must all be in it
};

}  // namespace mops::policy
