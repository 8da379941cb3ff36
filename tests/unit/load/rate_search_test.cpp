#include "load/rate_search.h"

#include <doctest/doctest.h>

using namespace mops;
using namespace mops::load;
using std::chrono::milliseconds;

namespace {

/// A server that answers in 1 ms up to `capacity` requests a second, and queues up beyond.
struct Queue {
  double capacity = 0;
  double generator_can = 1e9;
  double late_from = 1e9;
  double fails_from = 1e9;
  std::vector<double> asked = {};

  Result<LoadReport> operator()(const LoadPlan& plan) {
    const double rate = plan.rate_per_second.value();
    asked.push_back(rate);
    LoadReport report;
    report.requests = 1000;
    report.latency.record_n(rate <= capacity ? 1'000'000 : 900'000'000, 1000);
    report.seconds = 2;
    report.send_delay.record_n(rate > generator_can ? 500'000'000 : 20'000'000, 1000);
    if (rate > late_from) report.generator_limited = "1 % of the requests left 20 ms late or later";
    if (rate > generator_can) report.generator_limited = "the generator used 99 % of one core";
    if (rate >= fails_from) report.errors.status_5xx = 1;
    return report;
  }
};

RateSearch search(Queue& queue, double first = 100) {
  const auto found = find_highest_rate({.rate_per_second = first}, {.p99 = milliseconds(50)}, std::ref(queue));
  REQUIRE(found.has_value());
  return *found;
}

}  // namespace

TEST_CASE("the highest rate is found from below and from above, within 5 %") {
  for (const double capacity : {3.0, 99.0, 100.0, 101.0, 1000.0, 7777.0, 65'432.0}) {
    CAPTURE(capacity);
    Queue queue{.capacity = capacity};
    const RateSearch found = search(queue);
    REQUIRE(found.highest.has_value());
    CHECK(*found.highest <= capacity);
    CHECK(*found.lowest_missed > capacity);
    CHECK(*found.lowest_missed - *found.highest <= 0.05 * *found.highest);
    CHECK(found.missed_by == StepResult::too_slow);
    CHECK(queue.asked.size() == found.steps.size());
    CHECK(queue.asked.size() < 25);
    CHECK(verdict_of(found) == Verdict::passed);
  }
}

TEST_CASE("what ends the search") {
  SUBCASE("errors") {
    Queue queue{.capacity = 1e6, .fails_from = 500};
    const RateSearch found = search(queue);
    CHECK(*found.highest < 500);
    CHECK(*found.highest > 470);
    CHECK(found.missed_by == StepResult::failing);
    CHECK(verdict_of(found) == Verdict::passed);
  }
  SUBCASE("the generator") {
    Queue queue{.capacity = 1e6, .generator_can = 5000};
    const RateSearch found = search(queue);
    CHECK(*found.highest <= 5000);
    CHECK(*found.highest > 4700);
    CHECK(found.missed_by == StepResult::generator);
    CHECK(verdict_of(found) == Verdict::warned);
  }
  SUBCASE("a generator that is late does not end it where the server keeps to the limit all the same, and excuses it where it does not") {
    Queue queue{.capacity = 1000, .late_from = 0};
    const RateSearch found = search(queue);
    CHECK(*found.highest <= 1000);
    CHECK(*found.highest > 950);
    CHECK(found.missed_by == StepResult::generator);
    CHECK(verdict_of(found) == Verdict::warned);
  }
  SUBCASE("the time is over") {
    Queue queue{.capacity = 1000};
    size_t asked = 0;
    const auto found = find_highest_rate({.rate_per_second = 100}, {.p99 = milliseconds(50)}, std::ref(queue), [&] { return ++asked == 3; });
    CHECK(queue.asked == std::vector<double>{100, 200, 400});
    CHECK(found->highest == 400.0);
    CHECK_FALSE(found->lowest_missed.has_value());
    CHECK_FALSE(found->interrupted);
  }
  SUBCASE("no rate is low enough") {
    Queue queue{.capacity = 0.5};
    const RateSearch found = search(queue);
    CHECK_FALSE(found.highest.has_value());
    CHECK(found.lowest_missed == 1.0);
    CHECK(verdict_of(found) == Verdict::failed);
  }
  SUBCASE("the generator can send at no rate") {
    Queue queue{.capacity = 1e6, .generator_can = 0};
    CHECK(verdict_of(search(queue)) == Verdict::inconclusive);
  }
  SUBCASE("no rate is too high") {
    Queue queue{.capacity = 1e9};
    const RateSearch found = search(queue);
    CHECK(*found.highest >= 1e6);
    CHECK_FALSE(found.lowest_missed.has_value());
    CHECK(verdict_of(found) == Verdict::passed);
  }
  SUBCASE("somebody stops it") {
    const auto found = find_highest_rate({.rate_per_second = 100}, {.p99 = milliseconds(50)}, [](const LoadPlan&) {
      LoadReport report;
      report.interrupted = true;
      return Result<LoadReport>(report);
    });
    CHECK(found->steps.empty());
    CHECK(verdict_of(*found) == Verdict::inconclusive);
  }
  SUBCASE("a load that cannot be sent") {
    const auto found = find_highest_rate({.rate_per_second = 100}, {.p99 = milliseconds(50)},
                                         [](const LoadPlan&) { return Result<LoadReport>(fail(ErrorCode::outside, "nobody listens")); });
    CHECK(found.error().message == "nobody listens");
  }
}
