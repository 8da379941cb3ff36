#include "stats/quantile_sketch.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <tuple>

using namespace mops::stats;

namespace {

constexpr size_t k_rows = 200'000;

std::vector<double> values_of(std::string_view shape) {
  std::mt19937_64 draw(7);
  std::vector<double> values(k_rows);
  for (size_t i = 0; i < k_rows; ++i) {
    const double row = static_cast<double>(i);
    const double chance = static_cast<double>(draw() >> 11) / 9007199254740992.0;
    if (shape == "rising") values[i] = row;
    if (shape == "falling") values[i] = -row;
    if (shape == "from both ends") values[i] = i % 2 == 0 ? row : -row;
    if (shape == "uniform") values[i] = chance;
    if (shape == "heavy tail") values[i] = 1 / (1e-12 + chance * chance * chance);
    if (shape == "a few values") values[i] = std::floor(chance * 4);
    if (shape == "waves") values[i] = std::sin(row / 1000);
  }
  return values;
}

/// How far the rank of the sketch's quantile lies from the wanted one, as a share of all; equal values have a range of ranks.
double worst_error(const QuantileSketch& sketch, std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const auto all = static_cast<double>(values.size());
  double worst = 0;
  for (double q = 0.005; q < 1; q += 0.005) {
    const auto [first, last] = std::equal_range(values.begin(), values.end(), sketch.quantile(q));
    CHECK(first != last);
    const double low = static_cast<double>(first - values.begin()) / all;
    const double high = static_cast<double>(last - values.begin()) / all;
    worst = std::max({worst, low - q, q - high});
  }
  return worst;
}

}  // namespace

TEST_CASE("quantile sketch: ranks of all kinds of values, in one piece and merged from many") {
  for (const std::string_view shape : {"rising", "falling", "from both ends", "uniform", "heavy tail", "a few values", "waves"}) {
    CAPTURE(shape);
    const std::vector<double> values = values_of(shape);
    for (const size_t parts : {size_t{1}, size_t{2}, size_t{333}}) {
      CAPTURE(parts);
      QuantileSketch whole;
      for (size_t part = 0; part < parts; ++part) {
        QuantileSketch sketch;
        for (size_t i = values.size() * part / parts; i < values.size() * (part + 1) / parts; ++i) sketch.add(values[i]);
        whole.merge(sketch);
      }
      CHECK(whole.count() == values.size());
      CHECK(whole.size() <= 650);
      CHECK(whole.min() == *std::min_element(values.begin(), values.end()));
      CHECK(whole.max() == *std::max_element(values.begin(), values.end()));
      CHECK(worst_error(whole, values) < 0.02);
    }
  }
}

TEST_CASE("quantile sketch: a few values are kept exactly") {
  QuantileSketch sketch;
  CHECK(sketch.count() == 0);
  CHECK(sketch.quantile(0.5) == 0);
  for (int i = 200; i >= 1; --i) sketch.add(i);
  for (int i = 1; i <= 200; ++i) CHECK(sketch.quantile((i - 0.5) / 200) == i);
  CHECK(sketch.quantile(-1) == 1);
  CHECK(sketch.quantile(2) == 200);
}

TEST_CASE("quantile sketch: merging with nothing, with itself, and infinities") {
  QuantileSketch sketch;
  sketch.merge(QuantileSketch());
  CHECK(sketch.count() == 0);
  const double infinity = std::numeric_limits<double>::infinity();
  for (const double value : {infinity, -infinity, -0.0, 5e-324}) sketch.add(value);
  sketch.merge(QuantileSketch());
  sketch.merge(sketch);
  CHECK(sketch.count() == 8);
  CHECK(sketch.min() == -infinity);
  CHECK(sketch.quantile(0.2) == -infinity);
  CHECK(sketch.quantile(0.7) == 5e-324);
  CHECK(sketch.max() == infinity);
}

TEST_CASE("quantile sketch: narrower ones take less and know less") {
  const std::vector<double> values = values_of("uniform");
  for (const auto& [width, kept, error] : {std::tuple(size_t{50}, size_t{250}, 0.07), std::tuple(size_t{400}, size_t{1250}, 0.012)}) {
    CAPTURE(width);
    QuantileSketch sketch(width);
    for (const double value : values) sketch.add(value);
    CHECK(sketch.size() <= kept);
    CHECK(worst_error(sketch, values) < error);
  }
}

TEST_CASE("quantile sketch: many quantiles at once are those one by one") {
  QuantileSketch sketch;
  CHECK(sketch.quantiles({0, 0.5, 1}) == std::vector<double>{0, 0, 0});
  for (const double value : values_of("heavy tail")) sketch.add(value);
  const std::vector<double> shares = {-1, 0, 1e-9, 0.1, 0.1, 0.25, 0.5, 0.999999, 1, 2};
  std::vector<double> expected;
  for (const double share : shares) expected.push_back(sketch.quantile(share));
  CHECK(sketch.quantiles(shares) == expected);
}

TEST_CASE("quantile sketch: its content makes one that answers the same, and merges on") {
  QuantileSketch sketch;
  for (const double value : values_of("waves")) sketch.add(value);
  auto copy = QuantileSketch::of(sketch.content());
  REQUIRE(copy);
  CHECK(copy->content() == sketch.content());
  CHECK(copy->count() == sketch.count());
  for (double q = 0; q <= 1; q += 0.01) CHECK(copy->quantile(q) == sketch.quantile(q));
  copy->merge(sketch);
  CHECK(copy->count() == 2 * k_rows);
  CHECK(worst_error(*copy, values_of("waves")) < 0.02);

  const auto empty = QuantileSketch::of(QuantileSketch().content());
  REQUIRE(empty);
  CHECK(empty->count() == 0);
}

TEST_CASE("quantile sketch: what is no content of one") {
  const auto problem = [](QuantileSketch::Content content) {
    const auto made = QuantileSketch::of(std::move(content));
    return made ? std::string() : made.error().message;
  };
  CHECK(problem({}) == "found 0 levels, expected 1 to 40");
  CHECK(problem({.levels = std::vector<std::vector<double>>(41)}) == "found 41 levels, expected 1 to 40");
  CHECK(problem({.min = 1, .max = 2, .levels = {{1, 2, 3}}}) == "found 3, expected a value from the least, 1, to the greatest, 2");
  CHECK(problem({.min = 1, .max = 2, .levels = {{std::nan("")}}}) == "found nan, expected a value from the least, 1, to the greatest, 2");
  CHECK(problem({.min = 1, .max = 2, .levels = {std::vector<double>(5000, 1)}}).empty());
}
