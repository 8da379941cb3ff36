#pragma once

#include "base/clock.h"

namespace mops::fakes {

/// Stands at 2026-11-23T12:00:00Z until it is moved.
class ManualClock final : public Clock {
 public:
  SystemTime now() override { return now_; }
  SteadyTime steady() override { return steady_; }
  void advance(std::chrono::milliseconds by) {
    now_ += by;
    steady_ += by;
  }

 private:
  SystemTime now_ = std::chrono::sys_days(std::chrono::year(2026) / 11 / 23) + std::chrono::hours(12);
  SteadyTime steady_{};
};

}  // namespace mops::fakes
