#include "stats/paired.h"

#include "stats/estimate.h"
#include "stats/samples.h"

#include <doctest/doctest.h>

#include <cmath>

using namespace mops::stats;

TEST_CASE("how otherwise two models answer") {
  const BinarySample first({.truth = {1, 1, 0, 0}, .scores = {0.5, 0.25, 0, 1}, .predicted = {1, 0, 0, 1}});
  const BinarySample second({.truth = {1, 1, 0, 0}, .scores = {0.25, 0.75, 0, 0.75}, .predicted = {0, 1, 0, 1}});
  CHECK(disagreement(first, second).other_class == 0.5);
  CHECK(disagreement(first, second).distance == 0.25);
  CHECK_FALSE(disagreement(first, BinarySample({.truth = {1, 1, 0, 0}, .scores = {}, .predicted = {1, 0, 0, 1}})).distance.has_value());
  // The same class has another number where other classes are there.
  const MulticlassSample some({.classes = {"b", "c"}, .truth = {0, 0}, .predicted = {0, 1}});
  const MulticlassSample more({.classes = {"a", "b", "c"}, .truth = {1, 1}, .predicted = {1, 0}});
  CHECK(disagreement(some, more).other_class == 0.5);
  CHECK(disagreement(RegressionSample({.truth = {0, 0}, .predicted = {1, 2}}), RegressionSample({.truth = {0, 0}, .predicted = {1.5, -1}})).distance == 1.75);
}

TEST_CASE("McNemar's test, exact and by chi-squared") {
  CHECK(mcnemar(0, 0).p_value == 1);
  CHECK(mcnemar(1, 0).p_value == 1);
  CHECK(mcnemar(9, 1).p_value == doctest::Approx(22.0 / 1024));
  CHECK(mcnemar(1, 9).p_value == mcnemar(9, 1).p_value);
  CHECK(mcnemar(20, 4).method == McNemarMethod::exact);
  CHECK(mcnemar(20, 5).method == McNemarMethod::chi_squared);
  CHECK(mcnemar(20, 5).p_value == doctest::Approx(std::erfc(14 / std::sqrt(50.0))));
  CHECK(mcnemar(30, 30).p_value == 1);
  const BinarySample first({.truth = {1, 1, 0, 0}, .scores = {}, .predicted = {1, 0, 0, 1}});
  const BinarySample second({.truth = {1, 1, 0, 0}, .scores = {}, .predicted = {0, 1, 0, 0}});
  const auto test = mcnemar(first, second);
  REQUIRE(test);
  CHECK(test->only_first_right == 1);
  CHECK(test->only_second_right == 2);
  const RegressionSample numbers({.truth = {1}, .predicted = {1}});
  CHECK_FALSE(mcnemar(numbers, numbers).has_value());
}

TEST_CASE("two models on the same rows: what both have a value of") {
  const RegressionSample first({.truth = {1, 2, 3}, .predicted = {1, 2, 4}});
  const RegressionSample second({.truth = {1, 2, 3}, .predicted = {1e200, 2, 3}});
  const std::vector<std::string> wanted = {"mean_squared_error", "median_absolute_error"};
  const auto differences = compare(first, second, wanted, BootstrapPlan{.resamples = 50});
  REQUIRE(differences);
  REQUIRE(differences->size() == 1);
  CHECK(differences->front().name == "median_absolute_error");
  CHECK(differences->front().better == Better::lower);
  CHECK(differences->front().value() == 0);
  CHECK(differences->front().interval.has_value());
}

TEST_CASE("slices: the worst of those with enough data") {
  const RegressionSample sample({.truth = {0, 0, 0, 0, 0}, .predicted = {1, 1, 3, 3, 9}});
  const std::vector<std::string> values = {"a", "b", "c", "none"};
  const std::vector<uint32_t> codes = {0, 0, 1, 1, 2};
  const auto slices = slice(sample, values, codes, std::vector<std::string>{"max_error"}, {.minimum_rows = 2});
  REQUIRE(slices);
  REQUIRE(slices->slices.size() == 3);
  CHECK(slices->slices[2].has_too_little_data);
  CHECK(*slices->slices[2].metrics.front().metric.value == 9);
  CHECK(slices->worst == std::vector<std::pair<std::string, std::string>>{{"max_error", "b"}});
}
