#include "base/readable.h"

#include "base/clock.h"

#include <cerrno>
#include <poll.h>

namespace mops {

bool wait_readable(int fd, std::chrono::milliseconds time) {
  const SteadyDeadline deadline(time);
  while (true) {
    pollfd waiting{.fd = fd, .events = POLLIN, .revents = 0};
    const int ready = ::poll(&waiting, 1, static_cast<int>(deadline.left().count()));
    if (ready > 0) return true;
    if (ready == 0 || errno != EINTR) return false;
  }
}

}  // namespace mops
