#pragma once

#include "base/clock.h"
#include "cli/console.h"

#include <string>

namespace mops::cli {

/// The one progress display. Silent for the first second; then, for a person, one line that redraws itself; for a log file,
/// one line per new step. Use from one thread. Ends its line when destroyed.
class Progress {
 public:
  /// `hidden`: shows nothing, where several things are done at once.
  enum class Display { shown, hidden };
  Progress(Console& console, Clock& clock, Display display = Display::shown);
  ~Progress();
  Progress(const Progress&) = delete;

  /// `what` is being done. `done` of `total` (0: unknown). May be called as often as one likes.
  void show(std::string_view what, uint64_t done = 0, uint64_t total = 0);
  /// Removes the line, so that something else can be printed.
  void clear();

 private:
  Console& console_;
  Clock& clock_;
  Display display_;
  SteadyTime started_;
  SteadyTime drawn_{};
  std::string last_step_;
  bool line_is_open_ = false;
};

}  // namespace mops::cli
