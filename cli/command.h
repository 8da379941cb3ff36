#pragma once

#include "base/result.h"
#include "cli/env.h"
#include "cli/exit_code.h"
#include "cli/option.h"

#include <memory>
#include <string>
#include <vector>

namespace mops::cli {

/// What a person reads about a verb before running it.
struct CommandText {
  std::string name;                      ///< `check`, `notes draft`
  std::string summary;                   ///< one line for the list of verbs
  std::vector<std::string> examples;     ///< command lines as one would type them, most common first
};

/// One verb. `options()` binds words to members; after parsing, `run` is called once. Its errors are printed by the caller.
class Command {
 public:
  virtual ~Command() = default;
  [[nodiscard]] virtual CommandText text() const = 0;
  virtual std::vector<Option> options() = 0;
  virtual Result<ExitCode> run(Env& env) = 0;
};

/// Every verb, in the order in which help lists them.
std::vector<std::unique_ptr<Command>> make_commands();

}  // namespace mops::cli
