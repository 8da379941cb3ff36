#pragma once

#include "base/result.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <string_view>

namespace mops {

using SystemTime = std::chrono::sys_time<std::chrono::milliseconds>;
using SteadyTime = std::chrono::steady_clock::time_point;

/// Time. The real one is RealClock; tests/fakes has one that is moved by hand.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual SystemTime now() = 0;
  virtual SteadyTime steady() = 0;
};

class RealClock final : public Clock {
 public:
  SystemTime now() override;
  SteadyTime steady() override;
};

/// A point in time that a blocking call may not pass.
class SteadyDeadline {
 public:
  explicit SteadyDeadline(std::chrono::milliseconds from_now) : at_(std::chrono::steady_clock::now() + from_now) {}
  [[nodiscard]] bool passed() const { return std::chrono::steady_clock::now() >= at_; }
  /// Never negative.
  [[nodiscard]] std::chrono::milliseconds left() const {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(at_ - std::chrono::steady_clock::now());
    return std::max(left, std::chrono::milliseconds(0));
  }

 private:
  SteadyTime at_;
};

/// RFC 3339 in UTC with milliseconds: `2026-11-23T22:20:05.123Z`.
std::string to_rfc3339(SystemTime time);

/// Reads RFC 3339 (any offset, any fraction), or a date `2026-11-23`, which means the end of that day in UTC when
/// `end_of_day`, else its start. Error: invalid.
enum class DateMeans { start_of_day, end_of_day };
Result<SystemTime> parse_time(std::string_view text, DateMeans date_means = DateMeans::start_of_day);

}  // namespace mops
