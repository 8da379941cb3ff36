#include "platform/gate.h"

#include "fakes/manual_clock.h"

#include <doctest/doctest.h>

using namespace mops;
using namespace mops::platform;
using namespace std::chrono_literals;

namespace {

/// A version under requests: its counters, and a gate that looks at them.
struct Scene {
  fakes::ManualClock clock;
  gateway::VersionStats stats;
  std::optional<Gate> gate;

  explicit Scene(const Promise& promise) {
    // What was there before the step does not count.
    answer(500, 900ms);
    stats.failed = 300;
    gate.emplace(promise, 5, stats, clock.steady());
  }
  void answer(uint64_t count, std::chrono::nanoseconds took) {
    stats.requests += count;
    stats.latency.record_n(static_cast<uint64_t>(took.count()), count);
  }
  void fail(uint64_t count) {
    stats.requests += count;
    stats.failed += count;
  }
  std::string look(std::chrono::milliseconds later = 20ms) {
    clock.advance(later);
    const auto seen = gate->observe(stats, clock.steady());
    return seen ? "holds" : seen.error().message;
  }
};

}  // namespace

TEST_CASE("gate: a version that keeps its promise") {
  Scene scene({.error_share = 0, .p99_ms = 10});
  CHECK(scene.look() == "holds");
  scene.answer(990, 2ms);
  scene.answer(10, 50ms);
  CHECK(scene.look() == "holds");
  CHECK(scene.gate->seen() == ShiftStep{.share = 5, .seconds = 0.04, .requests = 1000, .failed = 0, .p99_ms = scene.gate->seen().p99_ms});
  CHECK(*scene.gate->seen().p99_ms == doctest::Approx(2).epsilon(0.07));
}

TEST_CASE("gate: failures") {
  SUBCASE("where none are certified the first one counts") {
    Scene scene({.error_share = 0});
    scene.answer(1000, 1ms);
    CHECK(scene.look() == "holds");
    scene.fail(1);
    CHECK(scene.look() == "1 of 1001 requests failed, certified are at most 0 %");
  }
  SUBCASE("where some are certified so many are no sign") {
    Scene scene({.error_share = 0.01});
    scene.answer(980, 1ms);
    scene.fail(20);
    // P(X >= 20 | 1000, 0.01) = 0.0033
    CHECK(scene.look() == "holds");
    scene.fail(4);
    CHECK(scene.look() == "24 of 1004 requests failed, certified are at most 1 %");
  }
  SUBCASE("two of two are enough") {
    Scene scene({.error_share = 0.01});
    scene.fail(1);
    CHECK(scene.look() == "holds");
    scene.fail(1);
    CHECK(scene.look() == "2 of 2 requests failed, certified are at most 1 %");
  }
}

TEST_CASE("gate: slow answers") {
  SUBCASE("more than chance makes") {
    Scene scene({.p99_ms = 10});
    scene.answer(92, 1ms);
    scene.answer(8, 11ms);
    CHECK(scene.look() == "8 of 100 requests took longer than the certified p99 of 10 ms");
  }
  SUBCASE("as many as chance makes") {
    Scene scene({.p99_ms = 10});
    scene.answer(97, 1ms);
    scene.answer(3, 11ms);
    CHECK(scene.look() == "holds");
  }
  SUBCASE("at the limit") {
    Scene scene({.p99_ms = 10});
    scene.answer(1000, 10ms);
    CHECK(scene.look() == "holds");
  }
  SUBCASE("those that are still waited for") {
    Scene scene({.p99_ms = 10});
    scene.stats.in_flight = 4;
    CHECK(scene.look(1ms) == "holds");
    CHECK(scene.look(9ms) == "holds");
    CHECK(scene.look(3ms) == "4 of 4 requests took longer than the certified p99 of 10 ms");
  }
  SUBCASE("those that were waited for and came in time are none") {
    Scene scene({.p99_ms = 10});
    for (int i = 0; i < 100; ++i) {
      scene.stats.in_flight = 4;
      CHECK(scene.look(5ms) == "holds");
      scene.answer(4, 5ms);
    }
  }
  SUBCASE("without a promise nothing is too slow") {
    Scene scene({});
    scene.answer(100, 100s);
    scene.stats.in_flight = 10;
    CHECK(scene.look(1h) == "holds");
  }
}

TEST_CASE("gate: the promise of a certificate") {
  evidence::Certificate certificate;
  CHECK(promise_of(certificate).error_share == 0);
  CHECK_FALSE(promise_of(certificate).p99_ms);
  certificate.performance = {.p99_ms = 20, .throughput_per_second = 99.5, .error_share = 0.002};
  CHECK(promise_of(certificate).error_share == 0.002);
  CHECK(promise_of(certificate).p99_ms == 26);
  CHECK(promise_of(certificate).throughput_per_second == 99.5);
  CHECK_FALSE(promise_of(certificate).capacity_per_second);
  certificate.performance.capacity = evidence::Capacity{.per_second = 400, .is_least = true};
  CHECK_FALSE(promise_of(certificate).capacity_per_second);
  CHECK(promise_of(certificate).throughput_per_second == 400);
  certificate.performance.capacity = evidence::Capacity{.per_second = 250};
  CHECK(promise_of(certificate).capacity_per_second == 250);
  certificate.checks = {{.name = "latency/p50_ms", .limit = {.maximum = 5}},
                        {.name = "latency/p99_ms", .limit = {.maximum = 50}},
                        {.name = "errors/share", .limit = {.maximum = 0.01}}};
  CHECK(promise_of(certificate).p99_ms == 50);
  CHECK(promise_of(certificate).error_share == 0.01);
}

TEST_CASE("gate: instances") {
  CHECK(instances_for(0, {.throughput_per_second = 100}) == 1);
  CHECK(instances_for(76, {.throughput_per_second = 100}) == 1);
  CHECK(instances_for(77, {.throughput_per_second = 100}) == 2);
  CHECK(instances_for(1000, {.throughput_per_second = 100}) == 13);
  CHECK(instances_for(1000, {}) == 1);
  CHECK(instances_for(1000, {.throughput_per_second = 100, .capacity_per_second = 500}) == 3);
}
