#include "base/process_usage.h"

#include <doctest/doctest.h>

#include <chrono>
#include <csignal>
#include <ctime>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

using mops::usage_of;

namespace {

double own_cpu_seconds() { return static_cast<double>(clock()) / CLOCKS_PER_SEC; }

void burn(double seconds) {
  const double end = own_cpu_seconds() + seconds;
  while (own_cpu_seconds() < end) {
  }
}

}  // namespace

TEST_CASE("what a process takes, with all that it started") {
  int ready[2];
  REQUIRE(::pipe(ready) == 0);
  const pid_t parent = ::fork();
  if (parent == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::fork() == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      burn(0.2);
      std::vector<char> memory(64 << 20, 'x');
      [[maybe_unused]] const ssize_t written = ::write(ready[1], memory.data(), 1);
      ::pause();
    }
    burn(0.1);
    [[maybe_unused]] const ssize_t written = ::write(ready[1], "x", 1);
    ::pause();
  }
  ::close(ready[1]);
  char byte = 0;
  REQUIRE(::read(ready[0], &byte, 1) == 1);
  REQUIRE(::read(ready[0], &byte, 1) == 1);
  const auto usage = usage_of(parent);
  REQUIRE(usage.has_value());
  CHECK(usage->cpu_seconds >= 0.27);
  CHECK(usage->cpu_seconds < 1);
  CHECK(usage->peak_memory_bytes > 64 << 20);
  CHECK(usage->peak_memory_bytes < 256 << 20);
  rusage own{};
  ::getrusage(RUSAGE_SELF, &own);
  // It is our child, so it counts for us as well.
  CHECK(usage_of(::getpid())->peak_memory_bytes >= usage->peak_memory_bytes + 1024 * static_cast<uint64_t>(own.ru_maxrss) / 2);
  ::kill(parent, SIGKILL);
  ::waitpid(parent, nullptr, 0);
  CHECK_FALSE(usage_of(parent).has_value());
  ::close(ready[0]);
}
