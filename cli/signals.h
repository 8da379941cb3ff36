#pragma once

#include <stop_token>
#include <thread>

namespace mops::cli {

/// Turns SIGINT, SIGTERM and SIGHUP into a stop token for the length of its life. The second one ends the process at once
/// with 130. SIGPIPE is ignored. Made first in main, before any other thread, so that all threads inherit the mask.
class Signals {
 public:
  Signals();
  ~Signals();

  [[nodiscard]] std::stop_token stop_token() const { return source_.get_token(); }

 private:
  std::stop_source source_;
  std::thread waiter_;
};

}  // namespace mops::cli
