#include "stats/curve.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

using namespace mops;
using namespace mops::stats;

namespace {

std::string text_of(const Result<std::vector<CurvePoint>>& curve) {
  if (!curve) return curve.error().message;
  std::string out;
  for (const CurvePoint& point : *curve) out += fmt::format("{}({:.4g}, {:.4g})", out.empty() ? "" : " ", point.x, point.y);
  return out;
}

const std::vector<uint8_t> k_truth = {0, 0, 1, 1};
const std::vector<double> k_scores = {0.1, 0.4, 0.35, 0.8};

}  // namespace

// Expected: scikit-learn's examples of `roc_curve` and `precision_recall_curve`.
TEST_CASE("curves: the examples of scikit-learn") {
  CHECK(text_of(roc_curve(k_truth, k_scores, 100)) == "(0, 0) (0, 0.5) (0.5, 0.5) (0.5, 1) (1, 1)");
  CHECK(text_of(precision_recall_curve(k_truth, k_scores, 100)) == "(0.5, 1) (0.5, 0.5) (1, 0.6667)");
}

TEST_CASE("curves: equal scores are one step, and straight lines have two points") {
  const std::vector<double> equal = {0.5, 0.5, 0.5, 0.5};
  CHECK(text_of(roc_curve(k_truth, equal, 100)) == "(0, 0) (1, 1)");
  const std::vector<double> perfect = {0.1, 0.2, 0.8, 0.9};
  CHECK(text_of(roc_curve(k_truth, perfect, 100)) == "(0, 0) (0, 1) (1, 1)");
}

TEST_CASE("curves: no more points than wanted, with both ends") {
  std::vector<uint8_t> truth;
  std::vector<double> scores;
  uint32_t state = 1;
  for (int i = 0; i < 5000; ++i) {
    state = state * 1664525 + 1013904223;
    scores.push_back(state / 4294967296.0);
    state = state * 1664525 + 1013904223;
    truth.push_back(state / 4294967296.0 < scores.back() ? 1 : 0);
  }
  const auto curve = roc_curve(truth, scores, 50);
  REQUIRE(curve);
  CHECK(curve->size() == 50);
  CHECK(curve->front() == CurvePoint{0, 0});
  CHECK(curve->back() == CurvePoint{1, 1});
  for (size_t i = 1; i < curve->size(); ++i) CHECK(((*curve)[i - 1].x <= (*curve)[i].x && (*curve)[i - 1].y <= (*curve)[i].y));
  const auto bins = calibration(truth, scores, 10);
  REQUIRE(bins);
  REQUIRE(bins->size() == 10);
  // The truth was drawn with the score as its probability.
  for (const CalibrationBin& bin : *bins) CHECK(std::abs(bin.mean_score - bin.positive_share) < 0.08);
}

TEST_CASE("calibration: rows of one score stay together") {
  const std::vector<uint8_t> truth = {1, 0, 1, 1, 0};
  const std::vector<double> scores = {0.2, 0.2, 0.2, 0.9, 0.9};
  const auto bins = calibration(truth, scores, 4);
  REQUIRE(bins);
  REQUIRE(bins->size() == 2);
  CHECK((*bins)[0].rows == 3);
  CHECK((*bins)[0].positive_share == doctest::Approx(2.0 / 3));
  CHECK((*bins)[1].mean_score == doctest::Approx(0.9));
}

TEST_CASE("residual_bands: truth less prediction, by the size of the prediction") {
  std::vector<double> truth;
  std::vector<double> predicted;
  for (int i = 0; i < 100; ++i) {
    predicted.push_back(i);
    truth.push_back(i < 50 ? i + 1 : i - (i % 2 == 0 ? 10 : -10));
  }
  const auto bands = residual_bands(truth, predicted, 2);
  REQUIRE(bands);
  REQUIRE(bands->size() == 2);
  CHECK((*bands)[0].mean_prediction == doctest::Approx(24.5));
  CHECK((*bands)[0].median == 1);
  CHECK((*bands)[1].low == -10);
  CHECK((*bands)[1].high == 10);
  CHECK(residual_bands(truth, predicted, 1000)->size() == 100);
}

TEST_CASE("curves: what they refuse") {
  const std::vector<uint8_t> one_class = {1, 1, 1, 1};
  CHECK(text_of(roc_curve(one_class, k_scores, 10)) == "the truth has only one class");
  CHECK_FALSE(precision_recall_curve({}, {}, 10));
  CHECK_FALSE(calibration(k_truth, std::vector<double>{1}, 10));
  CHECK_FALSE(residual_bands(std::vector<double>{1.0, NAN}, std::vector<double>{1.0, 2.0}, 10));
}
