#pragma once

#include "base/result.h"

#include <chrono>
#include <string>
#include <string_view>

namespace mops {

/// `250ms`, `20s`, `1.5m`, `2h`, or a plain number of seconds; 0 to 1,000 hours, to the millisecond. Error: usage.
Result<std::chrono::milliseconds> parse_duration(std::string_view text);

/// In the largest unit that it is a whole number of: `90 s`, `250 ms`, `2 h`.
std::string duration_text(std::chrono::milliseconds duration);

}  // namespace mops
