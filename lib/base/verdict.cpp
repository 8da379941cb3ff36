#include "base/verdict.h"

#include <array>

namespace mops {

std::string_view to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::passed: return "PASSED";
    case Verdict::warned: return "WARNED";
    case Verdict::inconclusive: return "INCONCLUSIVE";
    case Verdict::failed: return "FAILED";
  }
  return {};
}

std::optional<Verdict> parse_verdict(std::string_view text) {
  for (const Verdict verdict : std::array{Verdict::passed, Verdict::warned, Verdict::inconclusive, Verdict::failed})
    if (to_string(verdict) == text) return verdict;
  return std::nullopt;
}

}  // namespace mops
