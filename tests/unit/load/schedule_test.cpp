#include "load/schedule.h"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

using mops::load::Arrivals;
using mops::load::Schedule;
using std::chrono::nanoseconds;

TEST_CASE("a constant rate does not drift") {
  Schedule schedule(3, Arrivals::constant, 1);
  CHECK(schedule.next() == nanoseconds(0));
  schedule.advance();
  CHECK(schedule.next() == nanoseconds(333'333'333));
  for (int i = 0; i < 2'999'999; ++i) schedule.advance();
  CHECK(schedule.next() == std::chrono::seconds(1'000'000));
}

TEST_CASE("Poisson arrivals") {
  const auto draw = [](uint64_t seed) {
    Schedule schedule(1000, Arrivals::poisson, seed);
    std::vector<double> gaps;
    nanoseconds before{0};
    for (int i = 0; i < 100'000; ++i) {
      gaps.push_back(static_cast<double>((schedule.next() - before).count()) / 1e6);
      before = schedule.next();
      schedule.advance();
    }
    return gaps;
  };
  const auto first = draw(7);
  CHECK(first == draw(7));
  CHECK(first != draw(8));
  double sum = 0;
  double squares = 0;
  double beyond_three = 0;
  for (const double gap : first) {
    sum += gap;
    squares += gap * gap;
    beyond_three += gap > 3 ? 1 : 0;
  }
  CHECK(sum / 1e5 == doctest::Approx(1).epsilon(0.015));
  CHECK(squares / 1e5 == doctest::Approx(2).epsilon(0.04));
  CHECK(beyond_three / 1e5 == doctest::Approx(std::exp(-3.0)).epsilon(0.08));
}
