#include "stats/histogram.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

using mops::stats::FineHistogram;
using mops::stats::Histogram;

TEST_CASE("bins cover the whole line without a gap, and none is wider than a sixteenth") {
  CHECK(Histogram::k_bins == 434);
  CHECK(Histogram::lower_end(0) == 0);
  CHECK(Histogram::lower_end(1) == 1024);
  CHECK(Histogram::lower_end(Histogram::k_bins - 1) == uint64_t{1} << 37);
  CHECK(Histogram::upper_end(Histogram::k_bins - 1) == UINT64_MAX);
  for (size_t bin = 0; bin < Histogram::k_bins; ++bin) {
    CHECK(Histogram::bin_of(Histogram::lower_end(bin)) == bin);
    CHECK(Histogram::bin_of(Histogram::upper_end(bin) - 1) == bin);
    if (bin > 0 && bin + 1 < Histogram::k_bins) {
      CHECK(Histogram::upper_end(bin) - Histogram::lower_end(bin) <= Histogram::lower_end(bin) / 16);
    }
  }
  CHECK(Histogram::bin_of(UINT64_MAX) == Histogram::k_bins - 1);
}

TEST_CASE("quantiles") {
  Histogram histogram;
  SUBCASE("nothing was recorded") {
    CHECK(histogram.count() == 0);
    CHECK(histogram.quantile(0.5) == 0);
    CHECK(histogram.min() == 0);
    CHECK(histogram.max() == 0);
    CHECK(histogram.mean() == 0.0);
  }
  SUBCASE("one value is every quantile, exactly") {
    histogram.record(123'457);
    for (const double q : {-1.0, 0.0, 0.001, 0.5, 0.999, 1.0, 7.0}) CHECK(histogram.quantile(q) == 123'457);
    CHECK(histogram.quantile(std::nan("")) == 123'457);
  }
  SUBCASE("zero, and more than the bins reach") {
    histogram.record(0);
    histogram.record(uint64_t{1} << 40);
    CHECK(histogram.quantile(0) == 0);
    CHECK(histogram.quantile(0.5) <= 1024);
    CHECK(histogram.quantile(1) == uint64_t{1} << 40);
  }
  SUBCASE("within a bin's width of the truth, over four decades") {
    std::mt19937_64 generator(7);
    std::vector<uint64_t> values(20'000);
    for (uint64_t& value : values) {
      value = static_cast<uint64_t>(1e5 * std::pow(10.0, 4.0 * static_cast<double>(generator() >> 11) * 0x1p-53));
      histogram.record(value);
    }
    std::sort(values.begin(), values.end());
    for (const double q : {0.01, 0.1, 0.5, 0.9, 0.99, 0.999}) {
      const auto truth = static_cast<double>(values[static_cast<size_t>(q * 20'000) - 1]);
      CHECK(static_cast<double>(histogram.quantile(q)) == doctest::Approx(truth).epsilon(0.0626));
    }
    CHECK(histogram.quantile(0) == values.front());
    CHECK(histogram.quantile(1) == values.back());
  }
  SUBCASE("inside of one bin the values are taken as evenly spread") {
    for (uint64_t value = 1'048'576; value < 1'114'112; ++value) histogram.record(value);  // one whole bin
    CHECK(histogram.buckets().size() == 1);
    CHECK(histogram.quantile(0.25) == doctest::Approx(1'048'576 + 16'384).epsilon(1e-5));
    CHECK(histogram.quantile(0.75) == doctest::Approx(1'048'576 + 49'152).epsilon(1e-5));
  }
}

TEST_CASE("histograms add up") {
  Histogram all;
  Histogram even;
  Histogram odd;
  for (uint64_t i = 0; i < 1000; ++i) {
    all.record(i * i * 1000);
    (i % 2 == 0 ? even : odd).record(i * i * 1000);
  }
  even.merge(odd);
  CHECK(even == all);
  even.merge(Histogram());
  CHECK(even == all);
  Histogram empty;
  empty.merge(all);
  CHECK(empty == all);

  Histogram many;
  many.record_n(5000, 3);
  many.record_n(7000, 0);
  CHECK(many.count() == 3);
  CHECK(many.sum() == 15'000);
  CHECK(many.max() == 5000);
  many.record_n(UINT64_MAX, 2);
  CHECK(many.sum() == UINT64_MAX);
}

TEST_CASE("a fine histogram is within 0.4 %, and adds to a coarse one as if that had recorded it all") {
  CHECK(FineHistogram::upper_end(FineHistogram::k_bins - 1) == UINT64_MAX);
  for (size_t bin = 1; bin + 1 < FineHistogram::k_bins; ++bin) {
    REQUIRE(FineHistogram::bin_of(FineHistogram::lower_end(bin)) == bin);
    REQUIRE(FineHistogram::bin_of(FineHistogram::upper_end(bin) - 1) == bin);
    REQUIRE(FineHistogram::upper_end(bin) - FineHistogram::lower_end(bin) <= FineHistogram::lower_end(bin) / 256);
  }
  std::mt19937_64 generator(11);
  std::vector<uint64_t> values(20'000);
  FineHistogram fine;
  Histogram coarse;
  for (uint64_t& value : values) {
    value = generator() >> (generator() % 64);
    fine.record(value);
    coarse.record(value);
  }
  Histogram merged;
  merged.merge(fine);
  CHECK(merged == coarse);
  std::sort(values.begin(), values.end());
  for (const double q : {0.2, 0.3, 0.4, 0.5}) {
    const auto truth = static_cast<double>(values[static_cast<size_t>(q * 20'000) - 1]);
    CHECK(static_cast<double>(fine.quantile(q)) == doctest::Approx(truth).epsilon(0.004));
  }
}

TEST_CASE("a histogram comes back from its buckets") {
  Histogram histogram;
  for (const uint64_t value : {500UL, 2000UL, 2001UL, 90'000'000UL, 400'000'000'000UL}) histogram.record(value);
  const auto buckets = histogram.buckets();
  CHECK(buckets.size() == 4);
  CHECK(Histogram::restore(buckets, 500, 400'000'000'000, histogram.sum()) == histogram);
  CHECK(Histogram::restore({}, 0, 0, 0) == Histogram());

  using Buckets = std::vector<Histogram::Bucket>;
  CHECK_FALSE(Histogram::restore({}, 0, 5, 0).has_value());
  CHECK_FALSE(Histogram::restore(Buckets{{434, 1}}, 1UL << 38, 1UL << 38, 0).has_value());
  CHECK_FALSE(Histogram::restore(Buckets{{1, 1}, {1, 2}}, 1024, 1024, 0).has_value());
  CHECK_FALSE(Histogram::restore(Buckets{{2, 1}, {1, 2}}, 1024, 1100, 0).has_value());
  CHECK_FALSE(Histogram::restore(Buckets{{1, 0}}, 1024, 1024, 0).has_value());
  CHECK_FALSE(Histogram::restore(Buckets{{1, 1}}, 5, 1024, 0).has_value());
  CHECK_FALSE(Histogram::restore(Buckets{{1, 1}}, 1024, 5000, 0).has_value());
  CHECK_FALSE(Histogram::restore(Buckets{{1, UINT64_MAX}, {2, 1}}, 1024, 1100, 0).has_value());
}
