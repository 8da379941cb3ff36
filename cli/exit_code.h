#pragma once

#include "base/error.h"

namespace mops::cli {

/// The exit codes of every verb; they stand in every man page and are never reused.
enum class ExitCode : int {
  done = 0,
  answer_is_no = 1,   ///< looked, and the answer is no: findings, gate failed, refused
  usage = 2,          ///< command line or configuration that cannot be used
  outside_failed = 3, ///< disk, process, engine, network
  interrupted = 130,
};

ExitCode exit_code_of(ErrorCode code);

}  // namespace mops::cli
