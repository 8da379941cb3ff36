#include "document/scalar.h"

#include "base/character.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

namespace mops::document {
namespace {

bool is_octal(char c) { return c >= '0' && c <= '7'; }
bool is_hex(char c) { return hex_value(c) >= 0; }

template <size_t N>
bool is_one_of(std::string_view text, const std::array<std::string_view, N>& words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

constexpr std::array<std::string_view, 5> k_null = {"", "~", "null", "Null", "NULL"};
constexpr std::array<std::string_view, 3> k_true = {"true", "True", "TRUE"};
constexpr std::array<std::string_view, 3> k_false = {"false", "False", "FALSE"};
constexpr std::array<std::string_view, 3> k_infinity = {".inf", ".Inf", ".INF"};
constexpr std::array<std::string_view, 3> k_not_a_number = {".nan", ".NaN", ".NAN"};

std::string_view without_sign(std::string_view text) {
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
  return text;
}

size_t count_digits(std::string_view text) {
  return static_cast<size_t>(std::find_if_not(text.begin(), text.end(), is_digit) - text.begin());
}

/// `digits` and `.digits` and `digits.digits?`, then perhaps an exponent.
bool is_decimal(std::string_view text) {
  const size_t whole = count_digits(text);
  text.remove_prefix(whole);
  size_t fraction = 0;
  if (text.starts_with('.')) {
    fraction = count_digits(text.substr(1));
    text.remove_prefix(1 + fraction);
  }
  if (whole + fraction == 0) return false;
  if (text.empty()) return true;
  if (text[0] != 'e' && text[0] != 'E') return false;
  const std::string_view exponent = without_sign(text.substr(1));
  return !exponent.empty() && count_digits(exponent) == exponent.size();
}

/// What from_chars calls out of range: too large, or too near to zero. The text says which.
double beyond_range(std::string_view text) {
  const size_t mark = text.find_first_of("eE");
  const bool is_tiny = mark != std::string_view::npos && text.substr(mark + 1).starts_with('-');
  const double size = is_tiny ? 0.0 : std::numeric_limits<double>::infinity();
  return text.starts_with('-') ? -size : size;
}

void set_based(Node& node, std::string_view digits, int base) {
  node.kind = NodeKind::integer;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), node.integer, base);
  node.integer_fits = error == std::errc();
  if (node.integer_fits) {
    node.number = static_cast<double>(node.integer);
    return;
  }
  node.integer = 0;
  for (const char c : digits) node.number = node.number * base + hex_value(c);
}

}  // namespace

void set_number(Node& node, NodeKind kind, std::string_view text) {
  node.kind = kind;
  const std::string_view digits = text.starts_with('+') ? text.substr(1) : text;
  if (kind == NodeKind::integer) {
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), node.integer);
    node.integer_fits = error == std::errc();
    if (!node.integer_fits) node.integer = 0;
  }
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), node.number);
  if (error != std::errc()) node.number = beyond_range(digits);
}

void resolve_plain(Node& node, std::string_view text) {
  node.kind = NodeKind::string;
  const char first = text.empty() ? '~' : text[0];
  if (!is_digit(first) && std::string_view("~nNtTfF.-+").find(first) == std::string_view::npos) return;

  const std::string_view size = without_sign(text);
  if (is_one_of(text, k_null)) {
    node.kind = NodeKind::null;
  } else if (is_one_of(text, k_true) || is_one_of(text, k_false)) {
    node.kind = NodeKind::boolean;
    node.boolean = (text[0] | 0x20) == 't';
  } else if (!size.empty() && count_digits(size) == size.size()) {
    set_number(node, NodeKind::integer, text);
  } else if (text.size() > 2 && text.starts_with("0o") && std::all_of(text.begin() + 2, text.end(), is_octal)) {
    set_based(node, text.substr(2), 8);
  } else if (text.size() > 2 && text.starts_with("0x") && std::all_of(text.begin() + 2, text.end(), is_hex)) {
    set_based(node, text.substr(2), 16);
  } else if (is_decimal(size)) {
    set_number(node, NodeKind::number, text);
  } else if (is_one_of(size, k_infinity)) {
    node.kind = NodeKind::number;
    node.number = text[0] == '-' ? -std::numeric_limits<double>::infinity() : std::numeric_limits<double>::infinity();
  } else if (is_one_of(text, k_not_a_number)) {
    node.kind = NodeKind::number;
    node.number = std::numeric_limits<double>::quiet_NaN();
  }
}

}  // namespace mops::document
