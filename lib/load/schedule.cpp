#include "load/schedule.h"

#include <cmath>

namespace mops::load {

Schedule::Schedule(double rate_per_second, Arrivals arrivals, uint64_t seed) : rate_per_second_(rate_per_second), arrivals_(arrivals), state_(seed) {
  if (arrivals_ == Arrivals::poisson) advance();
}

void Schedule::advance() {
  ++count_;
  // Multiplied, not summed up, so that an even rate does not drift.
  seconds_ = arrivals_ == Arrivals::constant ? static_cast<double>(count_) / rate_per_second_ : seconds_ - std::log1p(-uniform()) / rate_per_second_;
  next_ = std::chrono::nanoseconds(std::llround(seconds_ * 1e9));
}

/// SplitMix64 (Steele, Lea and Flood 2014), its upper 53 bits as a number in [0, 1).
double Schedule::uniform() {
  state_ += 0x9E3779B97F4A7C15ULL;
  uint64_t mixed = state_;
  mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9ULL;
  mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBULL;
  mixed ^= mixed >> 31;
  return static_cast<double>(mixed >> 11) * 0x1p-53;
}

}  // namespace mops::load
