#pragma once

#include "base/process.h"

#include <string_view>
#include <sys/types.h>

namespace mops::target {

/// Starts a program in a session of its own, with both outputs appended to `log` (after `first_line`), nothing on its input,
/// no other open file, and default signals. A program with a slash is looked up from the command's folder, as it will see it.
/// Errors: not_found (program), outside.
Result<pid_t> spawn_session(const ProcessCommand& command, const Path& log, std::string_view first_line);

}  // namespace mops::target
