#include "cli/exit_code.h"

namespace mops::cli {

ExitCode exit_code_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::refused: return ExitCode::answer_is_no;
    case ErrorCode::usage:
    case ErrorCode::not_found:
    case ErrorCode::invalid: return ExitCode::usage;
    case ErrorCode::outside: return ExitCode::outside_failed;
    case ErrorCode::interrupted: return ExitCode::interrupted;
  }
  return ExitCode::outside_failed;
}

}  // namespace mops::cli
