#pragma once

#include <cstdint>
#include <span>

namespace mops::stats {

/// How often each row is in a resample of as many rows. A byte is enough: among n rows one is drawn 256 times with a chance below
/// 1/256!, and never when n is less.
using RowCounts = std::span<const uint8_t>;

/// A sample, prepared (sorted, losses taken) so that its metrics are cheap to measure again and again with other counts of its rows.
class Recount {
 public:
  virtual ~Recount() = default;
  /// The metrics that it was made for, in the order of `metrics_of`, as they are of rows repeated `counts` times; NaN where
  /// undefined. `values` has a place for each. Works in memory of its own: one thread at a time.
  virtual void measure(RowCounts counts, std::span<double> values) = 0;
};

/// The sum of counts times values, in four sums that need not wait for each other: the same everywhere.
double counted_sum(RowCounts counts, std::span<const double> values);

}  // namespace mops::stats
