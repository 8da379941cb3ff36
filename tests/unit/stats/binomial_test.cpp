#include "stats/binomial.h"

#include <cmath>
#include <doctest/doctest.h>

using mops::stats::binomial_at_least;

TEST_CASE("binomial: tails as Python's fractions add them up") {
  struct Row {
    uint64_t k, n;
    double p, chance;
  };
  // sum(comb(n, i) * p**i * (1 - p)**(n - i) for i in range(k, n + 1)) with p = Fraction(...).
  constexpr Row k_rows[] = {
      {1, 1, 0.5, 0.5},
      {1, 10, 0.01, 0.09561792499119551},
      {2, 50, 0.01, 0.0894353130960307},
      {3, 50, 0.01, 0.013817270830600395},
      {5, 100, 0.01, 0.003432321587754515},
      {8, 100, 0.01, 8.220204738566515e-06},
      {20, 1000, 0.01, 0.0032883597877274664},
      {40, 1000, 0.01, 4.688553566249803e-13},
      {1, 1000, 0.001, 0.6323045752290359},
      {600, 1000, 0.5, 1.3642320780330092e-10},
      {400, 1000, 0.5, 0.9999999999099158},
      {999, 1000, 0.9, 1.9595578810979505e-44},
      {3, 3000, 0.001, 0.5769219989411681},
      {12, 1000, 0.001, 7.865873023975429e-10},
  };
  for (const Row& row : k_rows) {
    CAPTURE(row.k);
    CAPTURE(row.n);
    CHECK(std::abs(binomial_at_least(row.k, row.n, row.p) / row.chance - 1) < 1e-9);
  }
}

TEST_CASE("binomial: the ends") {
  CHECK(binomial_at_least(0, 0, 0.5) == 1);
  CHECK(binomial_at_least(0, 10, 0) == 1);
  CHECK(binomial_at_least(1, 10, 0) == 0);
  CHECK(binomial_at_least(11, 10, 0.5) == 0);
  CHECK(binomial_at_least(10, 10, 1) == 1);
  CHECK(binomial_at_least(10, 10, 2) == 1);
  CHECK(binomial_at_least(3, 10, -1) == 0);
}

TEST_CASE("binomial: falls with k, rises with p, and both tails add up to one") {
  for (const uint64_t n : {7U, 100U, 12345U, 1000000U}) {
    for (const double p : {0.0001, 0.01, 0.3, 0.97}) {
      const auto mean = static_cast<uint64_t>(static_cast<double>(n) * p);
      double before = 1;
      for (uint64_t k = mean > 20 ? mean - 20 : 0; k <= std::min(n, mean + 20); ++k) {
        const double chance = binomial_at_least(k, n, p);
        CHECK(chance <= before * (1 + 1e-9));
        CHECK(binomial_at_least(k, n, p * 1.01) >= chance * (1 - 1e-9));
        // At least k successes, or at least n - k + 1 failures.
        CHECK(std::abs(chance + (k == 0 ? 0.0 : binomial_at_least(n - k + 1, n, 1 - p)) - 1) < 1e-8);
        before = chance;
      }
    }
  }
}
