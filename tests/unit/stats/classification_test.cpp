#include "stats/classification.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <random>

using namespace mops::stats;
using Truth = std::vector<uint8_t>;
using Scores = std::vector<double>;

namespace {

std::string refusal(const mops::Result<double>& result) { return result ? "a value" : result.error().message; }

}  // namespace

TEST_CASE("counts of two classes") {
  const auto counts = count_binary(Truth{1, 1, 1, 0, 0, 0, 0, 0}, Truth{1, 1, 0, 1, 0, 0, 0, 0});
  REQUIRE(counts);
  CHECK(counts->true_positive == 2);
  CHECK(counts->false_positive == 1);
  CHECK(counts->false_negative == 1);
  CHECK(counts->true_negative == 4);
  CHECK(accuracy(*counts) == 0.75);
  CHECK(precision(*counts) == doctest::Approx(2.0 / 3));
  CHECK(recall(*counts) == doctest::Approx(2.0 / 3));
  CHECK(f1(*counts) == doctest::Approx(2.0 / 3));
  CHECK(balanced_accuracy(*counts) == doctest::Approx((2.0 / 3 + 0.8) / 2));
  CHECK(matthews_corrcoef(*counts) == doctest::Approx(7.0 / 15));
  CHECK(count_binary(Truth{1}, Truth{}).error().message == "found 0 predictions for 1 rows of truth");
  CHECK(count_binary(Truth{}, Truth{}).error().message == "there are no rows");
}

TEST_CASE("classes that are not there count as scikit-learn counts them") {
  const BinaryCounts never_said{.false_negative = 3, .true_negative = 4};
  CHECK(precision(never_said) == 0);
  CHECK(f1(never_said) == 0);
  CHECK(matthews_corrcoef(never_said) == 0);
  const BinaryCounts only_negative{.true_negative = 4};
  CHECK(recall(only_negative) == 0);
  CHECK(f1(only_negative) == 0);
  CHECK(balanced_accuracy(only_negative) == 1);
  CHECK(matthews_corrcoef(only_negative) == 0);
}

TEST_CASE("the area under the ROC curve") {
  CHECK(*roc_auc(Truth{0, 0, 1, 1}, Scores{0.1, 0.4, 0.35, 0.8}) == 0.75);
  CHECK(*roc_auc(Truth{0, 1}, Scores{0.5, 0.5}) == 0.5);
  CHECK(*roc_auc(Truth{0, 1, 0, 1}, Scores{-0.0, 0.0, -1, -1}) == 0.5);
  CHECK(*roc_auc(Truth{1, 0}, Scores{-1e300, -1e-300}) == 0);
  CHECK(refusal(roc_auc(Truth{1, 1}, Scores{0.1, 0.2})) == "the truth has only one class");
  CHECK(refusal(roc_auc(Truth{1, 0}, Scores{0.1, std::nan("")})) == "row 2 of the scores is not a finite number");
  CHECK(refusal(roc_auc(Truth{1, 0}, Scores{std::numeric_limits<double>::infinity(), 1})) == "row 1 of the scores is not a finite number");
}

TEST_CASE("ranking many rows, with ties, agrees with counting pairs") {
  std::mt19937_64 generator(3);
  Truth truth;
  Scores scores;
  std::array<std::array<double, 101>, 2> by_score{};
  for (int i = 0; i < 20'000; ++i) {
    const auto score = static_cast<size_t>(generator() % 101);
    const bool positive = generator() % 101 < score;
    truth.push_back(positive ? 1 : 0);
    scores.push_back((static_cast<double>(score) - 50) * 1e-3);
    by_score[positive ? 1 : 0][score] += 1;
  }
  double won = 0;
  double positive = 0;
  double negative = 0;
  for (size_t score = 0; score <= 100; ++score) {
    won += by_score[1][score] * (negative + by_score[0][score] / 2);
    negative += by_score[0][score];
    positive += by_score[1][score];
  }
  CHECK(*roc_auc(truth, scores) == doctest::Approx(won / positive / negative).epsilon(1e-14));
}

TEST_CASE("average precision") {
  CHECK(*average_precision(Truth{0, 0, 1, 1}, Scores{0.1, 0.4, 0.35, 0.8}) == doctest::Approx(5.0 / 6));
  CHECK(*average_precision(Truth{0, 1, 0}, Scores{0.5, 0.5, 0.5}) == doctest::Approx(1.0 / 3));
  CHECK(*average_precision(Truth{0, 0}, Scores{0.5, 0.2}) == 0);
  CHECK(*average_precision(Truth{1, 1}, Scores{0.5, 0.2}) == 1);
}

TEST_CASE("losses of probabilities") {
  CHECK(*log_loss(Truth{1, 0}, Scores{0.8, 0.4}) == doctest::Approx(-(std::log(0.8) + std::log(0.6)) / 2));
  CHECK(*log_loss(Truth{1, 1}, Scores{0, 1}) == doctest::Approx(52 * std::log(2.0) / 2));
  CHECK(*log_loss(Truth{0, 0}, Scores{0.5, 0.5}) == doctest::Approx(std::log(2.0)));
  CHECK(*log_loss(Truth(1000, 1), Scores(1000, 1e-300)) == doctest::Approx(52 * std::log(2.0)));
  CHECK(*brier_score(Truth{1, 0}, Scores{0.8, 0.4}) == doctest::Approx((0.04 + 0.16) / 2));
  CHECK(refusal(log_loss(Truth{1, 0}, Scores{0.8, 1.5})) == "row 2 of the scores is 1.5, expected a probability");
  CHECK(refusal(brier_score(Truth{1, 0}, Scores{-0.1, 1})) == "row 1 of the scores is -0.1, expected a probability");
  CHECK(refusal(log_loss(Truth{}, Scores{})) == "there are no rows");
}

TEST_CASE("every pair of truth and prediction") {
  const std::vector<uint32_t> truth = {0, 0, 1, 1};
  const std::vector<uint32_t> predicted = {0, 1, 1, 1};
  const auto rows = Confusion::of({"cat", "dog"}, truth, predicted);
  REQUIRE(rows);
  CHECK(rows->count(0, 0) == 1);
  CHECK(rows->count(0, 1) == 1);
  CHECK(rows->count(1, 0) == 0);
  CHECK(rows->count(1, 1) == 2);
  CHECK(Confusion::of({"cat", "dog"}, truth, predicted, Scores{1, 0.5, 0.25, 2})->count(1, 1) == 2.25);
  CHECK(Confusion::of({}, {}, {}).error().message == "there are no rows");
}

TEST_CASE("a whole weight counts as so many rows, and none as no row") {
  std::mt19937_64 generator(5);
  Truth truth;
  Truth predicted;
  Scores scores;
  Scores weights;
  Truth repeated_truth;
  Truth repeated_predicted;
  Scores repeated_scores;
  for (int i = 0; i < 5000; ++i) {
    const auto weight = generator() % 4;
    truth.push_back(generator() % 3 == 0 ? 1 : 0);
    predicted.push_back(generator() % 2 == 0 ? 1 : 0);
    scores.push_back(static_cast<double>(generator() % 101) / 100);
    weights.push_back(static_cast<double>(weight));
    repeated_truth.insert(repeated_truth.end(), weight, truth.back());
    repeated_predicted.insert(repeated_predicted.end(), weight, predicted.back());
    repeated_scores.insert(repeated_scores.end(), weight, scores.back());
  }
  CHECK(*roc_auc(truth, scores, weights) == doctest::Approx(*roc_auc(repeated_truth, repeated_scores)).epsilon(1e-14));
  CHECK(*average_precision(truth, scores, weights) == doctest::Approx(*average_precision(repeated_truth, repeated_scores)).epsilon(1e-13));
  CHECK(*log_loss(truth, scores, weights) == doctest::Approx(*log_loss(repeated_truth, repeated_scores)).epsilon(1e-13));
  CHECK(*brier_score(truth, scores, weights) == doctest::Approx(*brier_score(repeated_truth, repeated_scores)).epsilon(1e-13));
  CHECK(*expected_calibration_error(truth, scores, weights) == doctest::Approx(*expected_calibration_error(repeated_truth, repeated_scores)).epsilon(1e-12));
  CHECK(f1(*count_binary(truth, predicted, weights)) == doctest::Approx(f1(*count_binary(repeated_truth, repeated_predicted))).epsilon(1e-14));
}

TEST_CASE("weights that are none") {
  CHECK(refusal(roc_auc(Truth{1, 0}, Scores{1, 0}, Scores{1, -2})) == "row 2 of the weights is -2, expected at least 0");
  CHECK(refusal(log_loss(Truth{1, 0}, Scores{1, 0}, Scores{0, 0})) == "all weights are 0");
  CHECK(refusal(brier_score(Truth{1, 0}, Scores{1, 0}, Scores{1})) == "found 1 weights for 2 rows of truth");
  CHECK(refusal(brier_score(Truth{1, 0}, Scores{1, 0}, Scores{1, std::nan("")})) == "row 2 of the weights is not a finite number");
  CHECK(refusal(brier_score(Truth{1, 0}, Scores{1, 0}, Scores{1e308, 1e308})) == "the sum of the weights is too large for a number");
  CHECK(refusal(roc_auc(Truth{1, 0}, Scores{1, 0}, Scores{1, 0})) == "the truth has only one class");
}

TEST_CASE("the loss of an almost sure model is exact") {
  const Scores nearly(1000, 1 - 0x1p-40);
  CHECK(*log_loss(Truth(1000, 1), nearly) == doctest::Approx(0x1p-40).epsilon(1e-12));
}

TEST_CASE("calibration by ten bins") {
  CHECK(calibration_bin(0) == 0);
  CHECK(calibration_bin(0.1) == 0);
  CHECK(calibration_bin(0.30000000000000004) == 2);
  CHECK(calibration_bin(0.3) == 2);
  CHECK(calibration_bin(0.31) == 3);
  CHECK(calibration_bin(1) == 9);
  CHECK(*expected_calibration_error(Truth{1, 0, 0, 1}, Scores{0.25, 0.25, 0.25, 0.75}) == doctest::Approx((0.25 + 0.25) / 4));
}
