#include "stats/bootstrap.h"

#include "stats/generator.h"
#include "stats/order.h"
#include "stats/samples.h"

#include <doctest/doctest.h>

#include <cmath>
#include <numeric>

using namespace mops::stats;

namespace {

enum class Weighted { no, yes };

/// Numbers in [0, 1) in steps, so that there are ties.
class Draw {
 public:
  explicit Draw(uint64_t seed) : generator_(seed) {}
  double unit() { return generator_.uniform(); }
  double step(double steps) { return std::round(unit() * steps) / steps; }
  uint32_t below(uint32_t end) { return static_cast<uint32_t>(generator_.next() % end); }

 private:
  Generator generator_;
};

std::vector<double> draw_weights(Draw& draw, size_t rows, Weighted weighted) {
  std::vector<double> weights;
  if (weighted == Weighted::no) return weights;
  for (size_t i = 0; i < rows; ++i) weights.push_back(draw.step(4));
  return weights;
}

std::unique_ptr<Sample> binary(size_t rows, uint64_t seed, Weighted weighted) {
  Draw draw(seed);
  BinarySample::Columns columns;
  for (size_t i = 0; i < rows; ++i) {
    columns.scores.push_back(draw.step(20));
    columns.truth.push_back(draw.unit() < columns.scores.back() ? 1 : 0);
    columns.predicted.push_back(columns.scores.back() >= 0.5 ? 1 : 0);
  }
  columns.weights = draw_weights(draw, rows, weighted);
  return std::make_unique<BinarySample>(std::move(columns));
}

std::unique_ptr<Sample> multiclass(size_t rows, uint64_t seed, Weighted weighted) {
  Draw draw(seed);
  MulticlassSample::Columns columns{.classes = {"a", "b", "c"}, .truth = {}, .predicted = {}, .score_classes = {"a", "b", "c"}, .scores = std::vector<std::vector<double>>(3)};
  for (size_t i = 0; i < rows; ++i) {
    columns.truth.push_back(draw.below(3));
    columns.predicted.push_back(draw.below(3));
    const double first = draw.step(8) / 2;
    columns.scores[0].push_back(first);
    columns.scores[1].push_back(0.25);
    columns.scores[2].push_back(0.75 - first);
  }
  columns.weights = draw_weights(draw, rows, weighted);
  return std::make_unique<MulticlassSample>(std::move(columns));
}

std::unique_ptr<Sample> regression(size_t rows, uint64_t seed, Weighted weighted) {
  Draw draw(seed);
  RegressionSample::Columns columns{.truth = {}, .predicted = {}, .weights = {}, .quantile = 0.8};
  for (size_t i = 0; i < rows; ++i) {
    columns.truth.push_back(10 * draw.unit());
    columns.predicted.push_back(10 * draw.step(30));
  }
  columns.weights = draw_weights(draw, rows, weighted);
  return std::make_unique<RegressionSample>(std::move(columns));
}

/// What is prepared, measured with counts, is what the repeated rows give.
void check_against_repeated_rows(std::unique_ptr<Sample> (*make)(size_t, uint64_t, Weighted)) {
  for (const Weighted weighted : {Weighted::no, Weighted::yes}) {
    for (uint64_t seed = 1; seed <= 8; ++seed) {
      const auto sample = make(40 * seed, seed, weighted);
      Generator generator(seed);
      std::vector<uint8_t> counts(sample->rows());
      draw_rows(generator, counts);
      std::vector<uint32_t> repeated;
      for (uint32_t row = 0; row < counts.size(); ++row) repeated.insert(repeated.end(), counts[row], row);
      const std::vector<Metric> all = sample->of_rows(repeated)->measure({});
      std::vector<std::string_view> names;
      std::vector<double> expected;
      for (const Metric& metric : all) {
        if (!metric.value) continue;
        names.push_back(metric.name);
        expected.push_back(*metric.value);
      }
      REQUIRE(names.size() + 2 >= all.size());
      std::vector<double> values(names.size());
      sample->prepare(names)->measure(counts, values);
      for (size_t i = 0; i < values.size(); ++i) {
        CAPTURE(names[i]);
        CHECK(values[i] == doctest::Approx(expected[i]).epsilon(1e-12));
      }
    }
  }
}

}  // namespace

TEST_CASE("what is drawn is as many rows, evenly, and the same from the same seed") {
  Generator generator(1);
  std::vector<uint8_t> counts(1001);
  std::vector<double> sums(1001);
  for (int i = 0; i < 2000; ++i) {
    draw_rows(generator, counts);
    CHECK(std::accumulate(counts.begin(), counts.end(), 0) == 1001);
    for (size_t row = 0; row < counts.size(); ++row) sums[row] += counts[row];
  }
  double chi_squared = 0;
  for (const double sum : sums) chi_squared += (sum - 2000) * (sum - 2000) / 2000;
  // 1,000 degrees of freedom: within 4.5 standard deviations.
  CHECK(chi_squared > 800);
  CHECK(chi_squared < 1200);
  CHECK(Generator(42).next() == 13679457532755275413ULL);
}

TEST_CASE("percentiles are interpolated as numpy does") {
  const std::vector<double> sorted = {1, 2, 4, 8};
  CHECK(percentile(sorted, 0) == 1);
  CHECK(percentile(sorted, 0.5) == 3);
  CHECK(percentile(sorted, 0.975) == doctest::Approx(7.7));
  CHECK(percentile(sorted, 1) == 8);
  CHECK(percentile(std::vector<double>{5}, 0.025) == 5);
}

TEST_CASE("two classes counted anew are their repeated rows") { check_against_repeated_rows(binary); }
TEST_CASE("several classes counted anew are their repeated rows") { check_against_repeated_rows(multiclass); }
TEST_CASE("numbers counted anew are their repeated rows") { check_against_repeated_rows(regression); }

TEST_CASE("a class whose rows weigh nothing counts in a resample as it does in all rows") {
  const MulticlassSample sample({.classes = {"a", "b", "c"}, .truth = {0, 1, 0, 1, 2}, .predicted = {0, 1, 0, 1, 2}, .weights = {1, 1, 1, 1, 0}});
  CHECK(sample.measure(std::vector<std::string>{"recall_macro"})[0].value == 2.0 / 3);
  std::vector<double> values(1);
  const auto recount = sample.prepare({"recall_macro"});
  recount->measure(std::vector<uint8_t>{1, 1, 1, 1, 1}, values);
  CHECK(values[0] == 2.0 / 3);
  recount->measure(std::vector<uint8_t>{1, 2, 1, 1, 0}, values);
  CHECK(values[0] == 1);
}

TEST_CASE("a model does not differ from itself") {
  for (const auto make : {binary, multiclass, regression}) {
    const auto sample = make(200, 3, Weighted::no);
    std::vector<std::string_view> names;
    for (const MetricInfo& info : metrics_of(sample->kind())) names.push_back(info.name);
    const auto own = bootstrap(*sample, names, {.resamples = 200, .seed = 1});
    const auto difference = bootstrap_difference(*sample, *sample, names, {.resamples = 200, .seed = 1});
    REQUIRE(own);
    REQUIRE(difference);
    for (size_t i = 0; i < names.size(); ++i) {
      CAPTURE(names[i]);
      CHECK((*own)[i]->low < (*own)[i]->high);
      CHECK((*difference)[i]->low == 0);
      CHECK((*difference)[i]->high == 0);
    }
  }
}

TEST_CASE("what most resamples leave undefined has no interval") {
  // Two rows weigh something, one of each class: six resamples in ten lack at least one of them.
  std::vector<uint8_t> truth(50, 0);
  std::vector<double> weights(50, 0);
  truth[0] = 1;
  weights[0] = 1;
  weights[1] = 1;
  const BinarySample sample({.truth = truth, .scores = std::vector<double>(50, 0.5), .predicted = truth, .weights = weights});
  const auto intervals = bootstrap(sample, {"accuracy", "roc_auc"}, {.resamples = 1000, .seed = 4});
  REQUIRE(intervals);
  CHECK((*intervals)[0]->low == 1);
  CHECK_FALSE((*intervals)[1].has_value());
  std::stop_source stop;
  stop.request_stop();
  CHECK(bootstrap(sample, {"accuracy"}, {}, stop.get_token()).error().code == mops::ErrorCode::interrupted);
}
