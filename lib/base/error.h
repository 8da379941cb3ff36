#pragma once

#include <string>
#include <vector>

namespace mops {

/// What kind of thing stopped us. Decides the exit code (see cli/exit_code.h), never the wording.
enum class ErrorCode {
  refused,      ///< looked, and the answer is no: gate failed, conflict, somebody else was faster (exit 1)
  usage,        ///< words of the command line or a configuration that cannot be used (exit 2)
  not_found,    ///< what the user named is not there (exit 2)
  invalid,      ///< a document or message that cannot be read (exit 2)
  outside,      ///< disk, process, network, peer failed (exit 3)
  interrupted,  ///< Ctrl-C or a deadline of the caller (exit 130)
};

/// What stopped us, for a person: one sentence, what it was caused by (outermost first), and what to do.
/// Texts are lower case, without a full stop, with backticks round the user's words.
struct Error {
  ErrorCode code = ErrorCode::outside;
  std::string message;
  std::vector<std::string> causes = {};
  std::string help = {};
  bool transient = false;  ///< the same call may succeed a moment later: connection refused, timeout

  /// The same error one level up: `outer` becomes the message, the present message the first cause.
  [[nodiscard]] Error in_context(std::string outer) &&;
};

/// Error of the outside with the text of `errno_value`: "cannot open `x`: no such file or directory".
[[nodiscard]] Error errno_error(std::string what, int errno_value);

}  // namespace mops
