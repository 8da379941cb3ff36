#include "model/notes.h"

#include "base/character.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace mops::model {
namespace {

/// digits x 10^exponent, exactly.
struct Decimal {
  bool negative = false;
  std::string digits;
  int exponent = 0;
};

// Doubles lie between 1e-324 and 1e309; what is written far outside is not about one, and would be padded with its zeros.
constexpr int k_largest_exponent = 400;

std::string_view take_digits(std::string_view& text) {
  const auto size = static_cast<size_t>(std::find_if_not(text.begin(), text.end(), is_digit) - text.begin());
  const std::string_view digits = text.substr(0, size);
  text.remove_prefix(size);
  return digits;
}

bool take(std::string_view& text, char c) {
  if (!text.starts_with(c)) return false;
  text.remove_prefix(1);
  return true;
}

/// The grammar of YAML's core schema, which holds JSON's: `-1`, `.5`, `1.50`, `2e-3`. The exponent of the result is that of
/// the last digit as written. nullopt: not a number, or an exponent beyond any double.
std::optional<Decimal> parse_decimal(std::string_view text) {
  Decimal decimal;
  decimal.negative = take(text, '-');
  if (!decimal.negative) take(text, '+');
  decimal.digits = take_digits(text);
  if (take(text, '.')) {
    const std::string_view fraction = take_digits(text);
    decimal.digits += fraction;
    decimal.exponent = -static_cast<int>(fraction.size());
  }
  if (decimal.digits.empty()) return std::nullopt;
  if (take(text, 'e') || take(text, 'E')) {
    const bool negative = take(text, '-');
    if (!negative) take(text, '+');
    const std::string_view digits = take_digits(text);
    int exponent = 0;
    const auto error = std::from_chars(digits.data(), digits.data() + digits.size(), exponent).ec;
    if (error != std::errc() || exponent > k_largest_exponent) return std::nullopt;
    decimal.exponent += negative ? -exponent : exponent;
  }
  if (!text.empty()) return std::nullopt;
  return decimal;
}

/// Every finite double is a decimal of at most 1074 digits after the point.
Decimal exact_decimal(double value) {
  constexpr int k_fraction = 1074;
  std::array<char, 1 + 309 + 1 + k_fraction> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::fixed, k_fraction).ptr;
  return parse_decimal({buffer.data(), static_cast<size_t>(end - buffer.data())}).value_or(Decimal());
}

/// The magnitude in units of 10^exponent, as `size` digits.
std::string in_units(const Decimal& decimal, int exponent, size_t size) {
  std::string digits = decimal.digits + std::string(static_cast<size_t>(decimal.exponent - exponent), '0');
  return std::string(size - digits.size(), '0') + digits;
}

/// Texts of digits of one size; `a` >= `b` for `subtract`, no carry out of the first digit for `add`.
std::string subtract(std::string a, const std::string& b) {
  int borrow = 0;
  for (size_t i = a.size(); i-- > 0;) {
    const int difference = a[i] - b[i] - borrow;
    borrow = difference < 0 ? 1 : 0;
    a[i] = static_cast<char>('0' + difference + 10 * borrow);
  }
  return a;
}

std::string add(std::string a, const std::string& b) {
  int carry = 0;
  for (size_t i = a.size(); i-- > 0;) {
    const int sum = (a[i] - '0') + (b[i] - '0') + carry;
    carry = sum / 10;
    a[i] = static_cast<char>('0' + sum % 10);
  }
  return a;
}

}  // namespace

bool equal_at_written_digits(std::string_view text, double value) {
  const auto written = parse_decimal(text);
  if (!written || !std::isfinite(value)) return false;
  const Decimal exact = exact_decimal(value);
  const Decimal half_unit{.digits = "5", .exponent = written->exponent - 1};

  const int exponent = std::min(exact.exponent, half_unit.exponent);
  const auto size_of = [&](const Decimal& decimal) { return decimal.digits.size() + static_cast<size_t>(decimal.exponent - exponent); };
  const size_t size = 1 + std::max({size_of(exact), size_of(*written), size_of(half_unit)});
  const std::string a = in_units(exact, exponent, size);
  const std::string b = in_units(*written, exponent, size);
  const std::string distance = exact.negative != written->negative ? add(a, b) : a < b ? subtract(b, a) : subtract(a, b);
  return distance <= in_units(half_unit, exponent, size);
}

}  // namespace mops::model
