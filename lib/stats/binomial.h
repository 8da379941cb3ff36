#pragma once

#include <cstdint>

namespace mops::stats {

/// The chance that of `n` independent trials, each of which succeeds with probability `p`, at least `k` succeed: the p-value of
/// an exact one-sided binomial test of "the share is at most p" after k successes. 1 for k = 0, 0 for k > n; `p` outside of
/// [0, 1] counts as its nearer end. Exact up to rounding (relative error below 1e-9 for n up to 10 million).
double binomial_at_least(uint64_t k, uint64_t n, double p);

}  // namespace mops::stats
