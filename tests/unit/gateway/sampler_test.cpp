#include "gateway/sampler.h"

#include <doctest/doctest.h>

using namespace mops;
using namespace std::chrono_literals;

namespace {

struct Second {
  double taken = 0;
  double estimated = 0;  ///< requests, by the probabilities of those that were taken
};

Second send(gateway::Sampler& sampler, SteadyTime& now, int requests, stats::Generator& chance) {
  Second second;
  for (int i = 0; i < requests; ++i) {
    const double probability = sampler.draw(now + i * 1s / requests, 20, chance);
    if (probability == 0) continue;
    ++second.taken;
    second.estimated += 1 / probability;
  }
  now += 1s;
  return second;
}

}  // namespace

TEST_CASE("all of few requests are taken, and about the rate of many") {
  stats::Generator chance(1);
  gateway::Sampler sampler;
  SteadyTime now{100s};
  for (int i = 0; i < 5; ++i) CHECK(send(sampler, now, 15, chance).taken == 15);
  CHECK(send(sampler, now, 30'000, chance).taken < 400);
  double taken = 0;
  for (int i = 0; i < 100; ++i) taken += send(sampler, now, 30'000, chance).taken;
  CHECK(taken / 100 > 15);
  CHECK(taken / 100 < 25);
  now += 60s;
  CHECK(send(sampler, now, 15, chance).taken == 15);
}

TEST_CASE("requests can be counted from those that were taken, whatever the load did") {
  stats::Generator chance(2);
  double estimated = 0;
  double sent = 0;
  SteadyTime now{100s};
  gateway::Sampler sampler;
  for (int i = 0; i < 400; ++i) {
    const int requests = static_cast<int>(10 + 3000 * (i % 7));
    estimated += send(sampler, now, requests, chance).estimated;
    sent += requests;
  }
  CHECK(estimated / sent > 0.93);
  CHECK(estimated / sent < 1.07);
}

TEST_CASE("a rate of none takes none") {
  stats::Generator chance(3);
  CHECK(gateway::Sampler().draw(SteadyTime{100s}, 0, chance) == 0);
}
