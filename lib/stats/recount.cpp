#include "stats/recount.h"

#include <array>

namespace mops::stats {

double counted_sum(RowCounts counts, std::span<const double> values) {
  constexpr size_t k_sums = 4;
  std::array<double, k_sums> sums{};
  const size_t whole = counts.size() / k_sums * k_sums;
  for (size_t i = 0; i < whole; i += k_sums)
    for (size_t lane = 0; lane < k_sums; ++lane) sums[lane] += counts[i + lane] * values[i + lane];
  for (size_t i = whole; i < counts.size(); ++i) sums[0] += counts[i] * values[i];
  return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

}  // namespace mops::stats
