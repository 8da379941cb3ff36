#include "net/timer.h"

#include <doctest/doctest.h>
#include <memory>

using namespace mops;
using namespace mops::net;
using std::chrono::milliseconds;

TEST_CASE("timers fire in time, never early, and may destroy each other") {
  const SteadyTime start{};
  TimerWheel wheel(start);
  int first = 0;
  int far = 0;
  Timer a([&] { ++first; });
  Timer b([&] { ++far; });
  CHECK_FALSE(wheel.idle_for(start));
  wheel.arm(a, start + milliseconds(10));
  wheel.arm(b, start + milliseconds(60'000));
  wheel.advance(start + milliseconds(9));
  CHECK(first == 0);
  wheel.advance(start + milliseconds(16));
  CHECK(first == 1);
  CHECK_FALSE(a.armed());
  // More than a turn of the wheel later, in small steps and in one.
  wheel.advance(start + milliseconds(30'000));
  CHECK(far == 0);
  wheel.advance(start + milliseconds(120'000));
  CHECK(far == 1);
  CHECK_FALSE(wheel.idle_for(start + milliseconds(120'000)));
}

TEST_CASE("a timer that was moved or disarmed does not fire") {
  const SteadyTime start{};
  TimerWheel wheel(start);
  int fired = 0;
  auto victim = std::make_unique<Timer>([&] { ++fired; });
  Timer killer([&] { victim.reset(); });
  wheel.arm(*victim, start + milliseconds(20));
  wheel.arm(killer, start + milliseconds(20));
  Timer moved([&] { ++fired; });
  wheel.arm(moved, start + milliseconds(20));
  wheel.arm(moved, start + milliseconds(200));
  wheel.advance(start + milliseconds(100));
  CHECK(fired <= 1);  // whoever came first in the slot
  CHECK(moved.armed());
  CHECK(wheel.idle_for(start + milliseconds(100)).value() <= milliseconds(104));
}
