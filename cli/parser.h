#pragma once

#include "base/result.h"
#include "cli/command.h"

#include <memory>
#include <span>
#include <string>
#include <vector>

namespace mops::cli {

/// What the words of a command line ask for.
struct Selection {
  Command* command = nullptr;   ///< to be run; its members are filled
  std::string print = {};       ///< help or version, to be printed instead
  std::string colours = "auto"; ///< --color auto | always | never
  bool verbose = false;
};

/// Selects a verb and fills its options. Error: usage, with the nearest verb or option suggested.
Result<Selection> parse_arguments(std::span<const std::string> arguments, std::span<const std::unique_ptr<Command>> commands);

/// What every verb takes besides its own options: for help, pages and completions. Their targets point nowhere.
std::vector<Option> common_options();

/// `mops help`: the verbs by what they are for.
std::string help_of_all(std::span<const std::unique_ptr<Command>> commands);
/// `mops VERB --help`: summary, usage, examples, options.
std::string help_of(Command& command);

/// `mops check [OPTIONS] [DIR...]`
std::string usage_of(Command& command);

}  // namespace mops::cli
