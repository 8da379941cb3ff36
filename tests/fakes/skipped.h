#pragma once

#include <fmt/format.h>
#include <string_view>

namespace mops::fakes {

/// For doctest::skip: says why a test is skipped, as tests/run shows it.
inline bool skipped_if(bool condition, std::string_view why) {
  if (condition) fmt::print("skipped: {}\n", why);
  return condition;
}

}  // namespace mops::fakes
