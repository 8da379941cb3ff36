#pragma once

#include <cstddef>

namespace mops::stats {

/// The sum of term(begin) … term(end - 1) by halves: its error grows with log n instead of n, and it is the same everywhere.
template <typename Term>
double pairwise_sum(size_t begin, size_t end, const Term& term) {
  constexpr size_t k_straight = 128;
  if (end - begin <= k_straight) {
    double sum = 0;
    for (size_t i = begin; i < end; ++i) sum += term(i);
    return sum;
  }
  const size_t middle = begin + (end - begin) / 2;
  return pairwise_sum(begin, middle, term) + pairwise_sum(middle, end, term);
}

}  // namespace mops::stats
