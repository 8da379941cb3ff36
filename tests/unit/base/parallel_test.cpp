#include "base/parallel.h"

#include <doctest/doctest.h>
#include <algorithm>
#include <atomic>
#include <pthread.h>
#include <system_error>
#include <thread>

using namespace mops;

TEST_CASE("parallel: everything is worked on once and taken in order, on the calling thread") {
  for (const size_t threads : {1, 2, 7}) {
    for (const size_t window : {1, 3, 64}) {
      CAPTURE(threads);
      CAPTURE(window);
      constexpr size_t k_count = 2000;
      std::vector<std::atomic<int>> worked(k_count);
      std::vector<size_t> taken;
      const auto caller = std::this_thread::get_id();
      bool on_caller = true;
      const auto result = for_each_in_order<size_t>(
          k_count, {.threads = threads, .window = window},
          [&](size_t index) {
            ++worked[index];
            return index * index;
          },
          [&](size_t index, size_t square) -> Result<void> {
            on_caller = on_caller && std::this_thread::get_id() == caller && square == index * index;
            taken.push_back(index);
            return {};
          });
      REQUIRE(result);
      CHECK(on_caller);
      CHECK(taken.size() == k_count);
      CHECK(std::is_sorted(taken.begin(), taken.end()));
      CHECK(std::all_of(worked.begin(), worked.end(), [](const auto& times) { return times == 1; }));
    }
  }
}

TEST_CASE("parallel: work never runs further ahead than the window") {
  std::atomic<size_t> taken = 0;
  std::atomic<size_t> furthest = 0;
  const auto result = run_in_order(
      500, {.threads = 4, .window = 5},
      [&](size_t index, size_t slot) {
        CHECK(slot < 5);
        size_t ahead = index - std::min(index, taken.load());
        for (size_t seen = furthest; ahead > seen && !furthest.compare_exchange_weak(seen, ahead);) {
        }
      },
      [&](size_t, size_t) -> Result<void> {
        ++taken;
        return {};
      });
  REQUIRE(result);
  CHECK(furthest <= 5);
}

TEST_CASE("parallel: the first error of take ends it") {
  std::atomic<size_t> worked = 0;
  size_t taken = 0;
  const auto result = for_each_in_order<int>(
      1'000'000, {.threads = 3, .window = 10},
      [&](size_t) {
        ++worked;
        return 0;
      },
      [&](size_t index, int) -> Result<void> {
        if (index == 20) return fail(ErrorCode::outside, "the pipe is closed");
        ++taken;
        return {};
      });
  REQUIRE(!result);
  CHECK(result.error().message == "the pipe is closed");
  CHECK(taken == 20);
  CHECK(worked <= 31);
}

TEST_CASE("parallel: a stop ends it, also while everybody waits") {
  std::stop_source stop;
  std::atomic<size_t> worked = 0;
  SUBCASE("before it begins") { stop.request_stop(); }
  SUBCASE("from a worker") {}
  const auto result = for_each_in_order<int>(
      1'000'000, {.threads = 3, .window = 4, .stop = stop.get_token()},
      [&](size_t index) {
        ++worked;
        if (index == 100) stop.request_stop();
        return 0;
      },
      [](size_t, int) -> Result<void> { return {}; });
  REQUIRE(!result);
  CHECK(result.error().code == ErrorCode::interrupted);
  CHECK(worked <= 110);
}

TEST_CASE("parallel: nothing to do") {
  CHECK(run_in_order(0, {}, [](size_t, size_t) { FAIL("called"); }, [](size_t, size_t) -> Result<void> { return {}; }));
}

TEST_CASE("parallel: what work throws is thrown here, and everybody goes home") {
  size_t taken = 0;
  CHECK_THROWS_AS(static_cast<void>(for_each_in_order<int>(
                      1000, {.threads = 3, .window = 8},
                      [](size_t index) {
                        if (index == 50) throw std::bad_alloc();
                        return 0;
                      },
                      [&](size_t, int) -> Result<void> {
                        ++taken;
                        return {};
                      })),
                  std::bad_alloc);
  CHECK(taken <= 50);
}

TEST_CASE("parallel: where the system grants no thread, the calling one does all") {
  pthread_attr_t usual;
  REQUIRE(pthread_getattr_default_np(&usual) == 0);
  pthread_attr_t huge;
  REQUIRE(pthread_attr_init(&huge) == 0);
  // More stack than there are addresses: no thread can be made.
  REQUIRE(pthread_attr_setstacksize(&huge, size_t{1} << 47) == 0);
  REQUIRE(pthread_setattr_default_np(&huge) == 0);
  size_t taken = 0;
  const auto result = for_each_in_order<size_t>(
      100, {.threads = 4}, [](size_t index) { return index; },
      [&](size_t, size_t) -> Result<void> {
        ++taken;
        return {};
      });
  CHECK_THROWS_AS(std::thread([] {}), std::system_error);
  REQUIRE(pthread_setattr_default_np(&usual) == 0);
  CHECK(result);
  CHECK(taken == 100);
}
