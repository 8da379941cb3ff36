#include "stats/class_counts.h"

#include <doctest/doctest.h>

#include <cmath>

using namespace mops::stats;
using Codes = std::vector<uint32_t>;

TEST_CASE("several classes") {
  const std::vector<std::string> truth = {"cat", "cat", "dog", "dog", "dog", "owl"};
  const std::vector<std::string> predicted = {"cat", "dog", "dog", "dog", "cat", "fox"};
  const CodedClasses coded = code_classes(truth, predicted);
  CHECK(coded.classes == std::vector<std::string>{"cat", "dog", "fox", "owl"});
  CHECK(coded.truth == Codes{0, 0, 1, 1, 1, 3});
  CHECK(coded.predicted == Codes{0, 1, 1, 1, 0, 2});
  const auto counts = ClassCounts::of(coded.classes.size(), coded.truth, coded.predicted);
  REQUIRE(counts);
  CHECK(counts->accuracy() == 0.5);
  CHECK(counts->balanced_accuracy() == doctest::Approx((0.5 + 2.0 / 3 + 0) / 3));
  CHECK(counts->precision_macro() == doctest::Approx((0.5 + 2.0 / 3) / 4));
  CHECK(counts->recall_macro() == doctest::Approx((0.5 + 2.0 / 3) / 4));
  CHECK(counts->f1_macro() == doctest::Approx((0.5 + 2.0 / 3) / 4));
  CHECK(counts->f1_weighted() == doctest::Approx((0.5 * 2 + 2.0 / 3 * 3) / 6));
  CHECK(counts->matthews_corrcoef() == doctest::Approx((3 * 6 - 13) / std::sqrt((36.0 - 14) * (36 - 14))));
  CHECK(ClassCounts::of(0, {}, {}).error().message == "there are no rows");
  CHECK(ClassCounts::of(1, Codes{0}, Codes{0}, std::vector<double>{0}).error().message == "all weights are 0");
}

TEST_CASE("a class whose rows weigh nothing is known, one without rows is not") {
  // scikit-learn: recall_score([0, 0, 1, 2], [0, 1, 1, 2], sample_weight=[1, 1, 1, 0], average="macro") is 0.5.
  const Codes truth = {0, 0, 1, 2};
  const Codes predicted = {0, 1, 1, 2};
  const auto counts = ClassCounts::of(5, truth, predicted, std::vector<double>{1, 1, 1, 0});
  REQUIRE(counts);
  CHECK(counts->recall_macro() == 0.5);
  CHECK(counts->balanced_accuracy() == 0.75);
}

TEST_CASE("one class on a side has no correlation, whatever sums of weights round to") {
  std::vector<double> weights;
  Codes truth;
  for (uint32_t i = 0; i < 1000; ++i) {
    truth.push_back(i % 7);
    weights.push_back(0.1 * (i % 13));
  }
  const Codes always(1000, 3);
  CHECK(ClassCounts::of(7, truth, always, weights)->matthews_corrcoef() == 0);
  CHECK(ClassCounts::of(7, always, truth, weights)->matthews_corrcoef() == 0);
  for (double& weight : weights) weight = (weight + 0.1) * 1e150;
  CHECK(ClassCounts::of(7, truth, truth, weights)->matthews_corrcoef() == doctest::Approx(1));
}
