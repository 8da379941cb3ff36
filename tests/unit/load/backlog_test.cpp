#include "load/backlog.h"

#include <doctest/doctest.h>

using mops::SteadyTime;
using mops::load::Arrivals;
using mops::load::Backlog;
using mops::load::Schedule;
using std::chrono::milliseconds;

TEST_CASE("requests leave the backlog in the order of their starts, and know whether they waited") {
  const SteadyTime begin{milliseconds(1000)};
  Backlog backlog(Schedule(1000, Arrivals::constant, 1), begin);
  CHECK(backlog.empty());
  CHECK(backlog.next_arrival() == begin);
  backlog.arrive();
  backlog.arrive();
  backlog.settle();
  backlog.arrive();
  CHECK(backlog.size() == 3);
  CHECK(backlog.next_arrival() == begin + milliseconds(3));
  for (int i = 0; i < 3; ++i) {
    const Backlog::Entry entry = backlog.front();
    CHECK(entry.intended == begin + milliseconds(i));
    CHECK(entry.counts_from == entry.intended);
    CHECK(entry.waited == (i < 2));
    backlog.pop();
  }
  CHECK(backlog.empty());
}

TEST_CASE("those that we looked at late count from then") {
  const SteadyTime begin{};
  Backlog backlog(Schedule(1000, Arrivals::poisson, 3), begin);
  const SteadyTime first_look = begin + milliseconds(50);
  const SteadyTime second_look = begin + milliseconds(70);
  backlog.arrive();
  for (int i = 0; i < 3; ++i) backlog.arrive_excused(first_look);
  for (int i = 0; i < 2; ++i) backlog.arrive_excused(second_look);
  backlog.arrive();
  const std::optional<SteadyTime> expected[] = {{}, first_look, first_look, first_look, second_look, second_look, {}};
  for (const auto& counts_from : expected) {
    const Backlog::Entry entry = backlog.front();
    CHECK(entry.counts_from == counts_from.value_or(entry.intended));
    backlog.pop();
  }
  CHECK(backlog.empty());
}
