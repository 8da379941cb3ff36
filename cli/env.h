#pragma once

#include "base/clock.h"
#include "base/file_system.h"
#include "base/process.h"
#include "base/random.h"
#include "cli/console.h"

#include <stop_token>

namespace mops::http {
class Transport;
}

namespace mops::cli {

/// The world as a verb sees it. Built in main of real parts, in tests of fakes. Borrowed for the length of one run; verbs
/// hand rooms only the one or two parts that they need.
struct Env {
  FileSystem& files;
  Clock& clock;
  Random& random;
  http::Transport& transport;
  Console& console;
  Variables variables;
  Path folder;           ///< where the user stands, absolute
  std::stop_token stop;  ///< Ctrl-C and SIGTERM
};

}  // namespace mops::cli
