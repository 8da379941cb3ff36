#pragma once

namespace mops {

// ASCII, whatever the locale: <cctype> asks the locale, and is undefined for negative characters.

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// 0 to 15, of either case; -1: not a hex digit.
constexpr int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace mops
