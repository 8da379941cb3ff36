#include "certify/current_version.h"

#include "stats/samples.h"

#include <doctest/doctest.h>

using namespace mops;
using namespace mops::certify;

TEST_CASE("the current version is asked the candidate's question, and answers with its own outputs") {
  model::Manifest current{.task = model::Task::regression};
  current.certification = {.dataset = "old", .target = "y", .prediction = "estimate", .positive = "no"};
  model::Manifest candidate{.task = model::Task::regression};
  candidate.certification = {.dataset = "new", .target = "truth", .prediction = "value", .positive = "yes"};
  const auto asked = asked_as(current, candidate);
  REQUIRE(asked);
  CHECK(asked->certification.target == "truth");
  CHECK(asked->certification.positive == "yes");
  CHECK(asked->certification.prediction == "estimate");
  candidate.task = model::Task::binary_classification;
  CHECK(asked_as(current, candidate).error().message == "it does regression, this version binary-classification");
}

TEST_CASE("two versions on the same rows") {
  std::vector<uint8_t> truth;
  std::vector<uint8_t> before;
  std::vector<uint8_t> after;
  for (size_t row = 0; row < 200; ++row) {
    truth.push_back(row % 2);
    before.push_back(row < 40 ? 1 - truth[row] : truth[row]);
    after.push_back(row >= 190 ? 1 - truth[row] : truth[row]);
  }
  const stats::BinarySample current({.truth = truth, .scores = {}, .predicted = before});
  const stats::BinarySample candidate({.truth = truth, .scores = {}, .predicted = after});
  const auto compared = compare_with_current(current, candidate, {});
  REQUIRE(compared);
  REQUIRE(compared->metrics.at(0).name == "accuracy");
  CHECK(compared->metrics[0].current == 0.8);
  CHECK(compared->metrics[0].candidate == 0.95);
  CHECK(*compared->metrics[0].low > 0.05);
  CHECK(*compared->metrics[0].high < 0.25);
  CHECK(compared->mcnemar->only_current_right == 10);
  CHECK(compared->mcnemar->only_candidate_right == 40);
  CHECK(compared->other_class == 0.25);
  CHECK_FALSE(compared->mean_distance.has_value());
  const auto again = compare_with_current(current, candidate, {});
  CHECK(again->metrics[0].low == compared->metrics[0].low);
}
