#pragma once

#include <chrono>

namespace mops {

/// Waits until `fd` can be read, has ended or is broken. False: time is up.
bool wait_readable(int fd, std::chrono::milliseconds time);

}  // namespace mops
