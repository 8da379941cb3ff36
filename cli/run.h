#pragma once

#include "cli/env.h"
#include "cli/exit_code.h"

#include <span>
#include <string>

namespace mops::cli {

/// One run of the program: words in, exit code out. Everything that is printed goes through `env.console`.
ExitCode run(std::span<const std::string> arguments, Env& env);

/// The error as a person reads it: `error: message`, its causes, `help: what to do`.
std::string describe(const Error& error, const Console& console);

}  // namespace mops::cli
