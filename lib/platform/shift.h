#pragma once

#include "base/result.h"
#include "document/reader.h"
#include "document/value.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace mops::platform {

/// How requests move to a new version. Without steps: all at once. Else its share in percent, rising, the last one 100; each is
/// held for at least `step_time`, and until the new version has answered `step_requests` there.
struct ShiftPlan {
  std::vector<uint32_t> steps = {};
  std::chrono::milliseconds step_time{10'000};
  uint64_t step_requests = 50;

  /// When a step that does not get its requests is given up.
  [[nodiscard]] std::chrono::milliseconds patience() const { return step_time * 10; }
};

/// `1,5,25,50,100`. Error: usage.
Result<std::vector<uint32_t>> parse_steps(std::string_view text);
/// Error (usage): steps that do not rise to 100, a time or a number of requests that cannot be held.
Result<void> validate(const ShiftPlan& plan);

/// What was seen at one share of a shift.
struct ShiftStep {
  uint32_t share = 0;
  double seconds = 0;
  uint64_t requests = 0;         ///< that the new version finished
  uint64_t failed = 0;
  std::optional<double> p99_ms;  ///< absent: it gave no complete answer
  friend bool operator==(const ShiftStep&, const ShiftStep&) = default;
};

document::Value to_value(const ShiftPlan& plan);
ShiftPlan read_shift_plan(const document::Field& field);
document::Value to_value(const ShiftStep& step);
ShiftStep read_shift_step(const document::Field& field);

}  // namespace mops::platform
