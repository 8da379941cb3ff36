#include "document/number_text.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <string_view>

namespace mops::document {

std::string ecmascript_number(double value) {
  if (value == 0) return "0";
  char buffer[40];
  const auto written = std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::scientific);
  const std::string_view text(buffer, static_cast<size_t>(written.ptr - buffer));

  const size_t mark = text.find('e');
  const bool is_negative = text[0] == '-';
  std::string digits;
  for (const char c : text.substr(0, mark)) {
    if (c >= '0' && c <= '9') digits += c;
  }
  int exponent = 0;
  const size_t first = mark + (text[mark + 1] == '+' ? 2 : 1);
  std::from_chars(text.data() + first, text.data() + text.size(), exponent);

  const int count = static_cast<int>(digits.size());
  const int point = exponent + 1;
  std::string out = is_negative ? "-" : "";
  if (count <= point && point <= 21) {
    out += digits + std::string(static_cast<size_t>(point - count), '0');
  } else if (0 < point && point <= 21) {
    out += digits.substr(0, static_cast<size_t>(point)) + "." + digits.substr(static_cast<size_t>(point));
  } else if (-6 < point && point <= 0) {
    out += "0." + std::string(static_cast<size_t>(-point), '0') + digits;
  } else {
    out += digits.substr(0, 1);
    if (count > 1) out += "." + digits.substr(1);
    out += fmt::format("e{:+}", point - 1);
  }
  return out;
}

std::string number_with_point(double value) {
  if (value == 0) return std::signbit(value) ? "-0.0" : "0.0";
  std::string text = ecmascript_number(value);
  const size_t mark = text.find('e');
  if (text.find('.') == std::string::npos) text.insert(mark == std::string::npos ? text.size() : mark, ".0");
  return text;
}

}  // namespace mops::document
