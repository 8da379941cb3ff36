#pragma once

#include <optional>
#include <string_view>

namespace mops {

/// What a measurement or comparison says, from good to bad. `inconclusive`: not enough data, never a pass.
enum class Verdict { passed, warned, inconclusive, failed };

/// `PASSED`, `WARNED`, `INCONCLUSIVE`, `FAILED`.
std::string_view to_string(Verdict verdict);
std::optional<Verdict> parse_verdict(std::string_view text);

/// Of several together: the worst.
constexpr Verdict worst(Verdict a, Verdict b) { return a < b ? b : a; }

}  // namespace mops
