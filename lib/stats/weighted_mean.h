#pragma once

#include "stats/pairwise_sum.h"

#include <span>

namespace mops::stats {

/// The sum of term(row) over the rows 0 … rows - 1, each times its weight; without weights each counts 1.
template <typename Term>
double weighted_sum(size_t rows, std::span<const double> weights, const Term& term) {
  if (weights.empty()) return pairwise_sum(0, rows, term);
  return pairwise_sum(0, rows, [&](size_t i) { return weights[i] * term(i); });
}

/// The mean of term(row). Weights have passed check_weights.
template <typename Term>
double weighted_mean(size_t rows, std::span<const double> weights, const Term& term) {
  const double sum = weighted_sum(rows, weights, term);
  return sum / (weights.empty() ? static_cast<double>(rows) : pairwise_sum(0, rows, [&](size_t i) { return weights[i]; }));
}

}  // namespace mops::stats
