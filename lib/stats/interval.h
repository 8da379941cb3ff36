#pragma once

namespace mops::stats {

/// A confidence interval.
struct Interval {
  double low = 0;
  double high = 0;
};

}  // namespace mops::stats
