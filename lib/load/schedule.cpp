#include "load/schedule.h"

#include <cmath>

namespace mops::load {

Schedule::Schedule(double rate_per_second, Arrivals arrivals, uint64_t seed) : rate_per_second_(rate_per_second), arrivals_(arrivals), generator_(seed) {
  if (arrivals_ == Arrivals::poisson) advance();
}

void Schedule::advance() {
  ++count_;
  // Multiplied, not summed up, so that an even rate does not drift.
  seconds_ = arrivals_ == Arrivals::constant ? static_cast<double>(count_) / rate_per_second_ : seconds_ - std::log1p(-generator_.uniform()) / rate_per_second_;
  next_ = std::chrono::nanoseconds(std::llround(seconds_ * 1e9));
}

}  // namespace mops::load
