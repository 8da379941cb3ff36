#include "stats/binomial.h"

#include <algorithm>
#include <cmath>

namespace mops::stats {
namespace {

/// std::lgamma writes a global variable.
double log_gamma(double x) {
  int sign = 0;
  return ::lgamma_r(x, &sign);
}

double log_chance(double k, double n, double p) {
  return log_gamma(n + 1) - log_gamma(k + 1) - log_gamma(n - k + 1) + k * std::log(p) + (n - k) * std::log1p(-p);
}

/// The terms k, k + 1, … n, each from the one before; they fall from the mean on.
double sum_upwards(double k, double n, double p) {
  double term = 1;
  double sum = 1;
  for (double i = k; i < n && term > sum * 1e-17; ++i) {
    term *= (n - i) / (i + 1) * p / (1 - p);
    sum += term;
  }
  return std::exp(log_chance(k, n, p)) * sum;
}

}  // namespace

double binomial_at_least(uint64_t k, uint64_t n, double p) {
  if (k == 0) return 1;
  if (k > n || p <= 0) return 0;
  if (p >= 1) return 1;
  const auto successes = static_cast<double>(k);
  const auto trials = static_cast<double>(n);
  if (successes > trials * p) return std::min(1.0, sum_upwards(successes, trials, p));
  // Below the mean the other tail is the short one: at most k - 1 successes are at least n - k + 1 failures.
  return std::clamp(1 - sum_upwards(trials - successes + 1, trials, 1 - p), 0.0, 1.0);
}

}  // namespace mops::stats
