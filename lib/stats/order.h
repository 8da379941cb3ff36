#pragma once

#include "stats/radix_sort.h"

#include <limits>
#include <numeric>
#include <span>

namespace mops::stats {

/// The rows of finite values from low to high; equal values keep the order of their rows. At most 2^32 - 1 rows.
inline std::vector<uint32_t> rising_order(std::span<const double> values) {
  std::vector<uint32_t> order(values.size());
  std::iota(order.begin(), order.end(), 0);
  radix_sort(order, [&](uint32_t row) { return order_key(values[row]); });
  return order;
}

/// The share `q` of the sorted values, interpolated linearly, as numpy's `percentile` does. Requires at least one.
inline double percentile(std::span<const double> sorted, double q) {
  const double place = q * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<size_t>(place);
  if (below + 1 >= sorted.size()) return sorted.back();
  const double share = place - static_cast<double>(below);
  return sorted[below] + (sorted[below + 1] - sorted[below]) * share;
}

/// The value at which half of `all`, the sum of weight(row), is reached; where it is reached exactly, the mean of it and the next value that
/// weighs something. `order`: the rows of `values` from low to high, at least one.
template <typename Weight>
double weighted_median(std::span<const double> values, std::span<const uint32_t> order, double all, const Weight& weight) {
  const double half = all / 2;
  double reached = 0;
  for (size_t i = 0; i < order.size(); ++i) {
    reached += weight(order[i]);
    if (reached < half) continue;
    const double here = values[order[i]];
    if (reached - half > std::numeric_limits<double>::epsilon()) return here;
    for (size_t next = i + 1; next < order.size(); ++next)
      if (weight(order[next]) > 0) return (here + values[order[next]]) / 2;
    return here;
  }
  return values[order.back()];
}

}  // namespace mops::stats
