#include "stats/regression.h"

#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <vector>

using namespace mops::stats;
using Numbers = std::vector<double>;

TEST_CASE("errors of numbers") {
  const Numbers truth = {3, -0.5, 2, 7};
  const Numbers predicted = {2.5, 0.0, 2, 8};
  CHECK(*mean_absolute_error(truth, predicted) == 0.5);
  CHECK(*mean_squared_error(truth, predicted) == 0.375);
  CHECK(*root_mean_squared_error(truth, predicted) == doctest::Approx(std::sqrt(0.375)));
  CHECK(*median_absolute_error(truth, predicted) == 0.5);
  CHECK(*max_error(truth, predicted) == 1);
  CHECK(*r2(truth, predicted) == doctest::Approx(0.9486081370449679));
  CHECK(*mean_absolute_percentage_error(truth, predicted) == doctest::Approx(0.3273809523809524));
}

TEST_CASE("the median of an odd and an even number of rows") {
  CHECK(*median_absolute_error(Numbers{0, 0, 0}, Numbers{5, -1, 2}) == 2);
  CHECK(*median_absolute_error(Numbers{0, 0, 0, 0}, Numbers{5, -1, 2, 4}) == 3);
}

TEST_CASE("a truth of zero counts as the smallest step in percentages") {
  CHECK(*mean_absolute_percentage_error(Numbers{0}, Numbers{1}) == doctest::Approx(std::pow(2.0, 52)));
}

TEST_CASE("a constant truth has all or nothing explained") {
  CHECK(*r2(Numbers{0.1, 0.1, 0.1}, Numbers{0.1, 0.1, 0.1}) == 1);
  CHECK(*r2(Numbers{0.1, 0.1, 0.1}, Numbers{0.1, 0.2, 0.1}) == 0);
}

TEST_CASE("what is undefined") {
  CHECK(r2(Numbers{1}, Numbers{1}).error().message == "there is only one row");
  CHECK(max_error(Numbers{}, Numbers{}).error().message == "there are no rows");
  CHECK(max_error(Numbers{1, 2}, Numbers{1}).error().message == "found 1 predictions for 2 rows of truth");
  CHECK(max_error(Numbers{1, std::nan("")}, Numbers{1, 2}).error().message == "row 2 of the truth is not a finite number");
  CHECK(max_error(Numbers{1, 2}, Numbers{HUGE_VAL, 2}).error().message == "row 1 of the predictions is not a finite number");
}

TEST_CASE("weighted errors") {
  const std::vector<double> truth = {0, 0, 0, 0};
  const std::vector<double> predicted = {1, 2, 3, 4};
  const auto median = [&](std::vector<double> weights) { return *median_absolute_error(truth, predicted, weights); };
  CHECK(median({1, 1, 1, 1}) == 2.5);
  CHECK(median({1, 1, 0, 2}) == 3);
  CHECK(median({1, 1, 0, 1}) == 2);
  CHECK(median({5, 1, 1, 1}) == 1);
  CHECK(median({0, 0, 0, 1}) == 4);
  CHECK(*mean_absolute_error(truth, predicted, std::vector<double>{0, 1, 0, 3}) == 3.5);
  CHECK(*max_error(truth, predicted) == 4);
  CHECK(*mean_pinball_loss(truth, predicted, 0.9) == doctest::Approx(0.25));
  CHECK(*mean_pinball_loss(predicted, truth, 0.9) == doctest::Approx(2.25));
  CHECK(mean_pinball_loss(truth, predicted, 1.5).error().message == "the quantile is 1.5, expected 0 to 1");
  CHECK(*r2(std::vector<double>{1, 2, 9}, std::vector<double>{1, 2, 0}, std::vector<double>{1, 1, 0}) == 1);
}
