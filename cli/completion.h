#pragma once

#include "cli/command.h"

#include <span>
#include <string>

namespace mops::cli {

/// Scripts that complete verbs (also of two words), options, their choices, files for values called FILE and folders for those
/// called DIR. They need nothing but the shell: bash 4.4, zsh 5, fish 3.
std::string bash_completion(std::span<const std::unique_ptr<Command>> commands);
std::string zsh_completion(std::span<const std::unique_ptr<Command>> commands);
std::string fish_completion(std::span<const std::unique_ptr<Command>> commands);

}  // namespace mops::cli
