#pragma once

#include "base/clock.h"
#include "stats/generator.h"

#include <cstdint>

namespace mops::gateway {

/// Takes some of the requests by chance, so many that the record keeps to its rate however many come: after a burst it settles within
/// a second. Each is taken with a probability that was fixed before it came, so counts can be estimated without bias.
class Sampler {
 public:
  /// The probability with which this request was taken; 0: it was not. About `per_second` are taken, more in the first second of a burst.
  double draw(SteadyTime now, double per_second, stats::Generator& chance);

 private:
  SteadyTime began_{};
  uint64_t seen_ = 0;       ///< since `began_`
  double taken_ = 0;        ///< since the probability changed
  double probability_ = 1;
};

}  // namespace mops::gateway
