#pragma once

#include "base/file_system.h"
#include "base/result.h"

#include <chrono>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace mops {

/// Process variables by name. The real ones are read once in main.
class Variables {
 public:
  Variables() = default;
  explicit Variables(std::vector<std::pair<std::string, std::string>> values) : values_(std::move(values)) {}
  static Variables of_this_process();

  [[nodiscard]] std::optional<std::string> get(std::string_view name) const;
  void set(std::string name, std::string value);
  void unset(std::string_view name);
  /// `NAME=value` strings, in the order of their setting.
  [[nodiscard]] std::vector<std::string> environment() const;

 private:
  std::vector<std::pair<std::string, std::string>> values_;
};

/// `own`: signals of the terminal do not reach the process, and it cannot ask there. `inherited`: it can, and only the
/// process itself is ended when time is up.
enum class ProcessGroup { own, inherited };

struct ProcessCommand {
  std::vector<std::string> arguments;  ///< the program first; looked up in the PATH of `variables`
  Path folder = {};                    ///< empty: the present one
  Variables variables = {};            ///< the whole environment of the process
  std::string input = {};              ///< given on standard input, which is then closed
  ProcessGroup group = ProcessGroup::own;
};

struct ProcessResult {
  int exit_code = 0;  ///< 128 + signal when a signal ended it
  std::string output;
  std::string errors;
};

/// Receives what the process prints, as it comes. `is_error`: standard error.
using OutputSink = std::function<void(std::string_view bytes, bool is_error)>;

/// Runs a program to its end and returns what it printed. A non-zero exit is a value, not an error. Errors: not_found
/// when there is no such program, outside when it could not be started, interrupted when `stop` was asked for or the
/// time ran out (the process group is then killed: SIGTERM, after 2 s SIGKILL).
Result<ProcessResult> run_process(const ProcessCommand& command, std::stop_token stop = {},
                                  std::chrono::milliseconds timeout = std::chrono::hours(24), const OutputSink& sink = {});

/// Replaces standard input, output and errors of the child by this process's own and waits: for programs that talk to
/// the user. Returns the exit code. Signals of the terminal reach the child by itself.
Result<int> run_in_terminal(const ProcessCommand& command);

/// Where `program` is found in PATH of `variables` (or as given, if it has a slash).
std::optional<Path> find_program(std::string_view program, const Variables& variables);

}  // namespace mops
