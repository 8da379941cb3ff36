#include "net/timer.h"

#include <doctest/doctest.h>
#include <memory>
#include <random>
#include <vector>

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

TEST_CASE("the time in which nothing is due is never too long, whatever is armed, moved and disarmed") {
  const SteadyTime start{};
  TimerWheel wheel(start);
  std::mt19937 generator(5);
  struct Entry {
    SteadyTime at;
    std::unique_ptr<Timer> timer;
  };
  std::vector<Entry> entries(20);
  SteadyTime now = start;
  size_t fired = 0;
  for (Entry& entry : entries) {
    entry.timer = std::make_unique<Timer>([&] {
      CHECK(entry.at <= now);
      ++fired;
    });
  }
  for (int step = 0; step < 5000; ++step) {
    Entry& entry = entries[generator() % entries.size()];
    if (generator() % 3 == 0) {
      entry.timer->disarm();
    } else {
      // Up to two turns of the wheel.
      entry.at = now + milliseconds(generator() % (generator() % 2 == 0 ? 50 : 16'000));
      wheel.arm(*entry.timer, entry.at);
    }
    const auto idle = wheel.idle_for(now);
    for (const Entry& other : entries)
      if (other.timer->armed()) REQUIRE(now + idle.value() <= other.at + TimerWheel::k_tick + milliseconds(1));
    now += milliseconds(generator() % 20);
    wheel.advance(now);
    for (const Entry& other : entries)
      if (other.timer->armed()) REQUIRE(other.at + TimerWheel::k_tick > now);
  }
  CHECK(fired > 1000);
}
