#include "policy/number.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace mops::policy {
namespace {

using document::Node;

__extension__ typedef unsigned __int128 Wide;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

size_t take_digits(std::string_view& text, std::string& digits) {
  size_t n = 0;
  while (n < text.size() && is_digit(text[n])) ++n;
  digits += text.substr(0, n);
  text.remove_prefix(n);
  return n;
}

/// 10^exponent modulo `modulus`.
uint64_t power_of_ten(int64_t exponent, uint64_t modulus) {
  Wide result = 1 % modulus;
  Wide base = 10 % modulus;
  for (; exponent > 0; exponent >>= 1) {
    if (exponent & 1) result = result * base % modulus;
    base = base * base % modulus;
  }
  return static_cast<uint64_t>(result);
}

/// Compares the sizes of two decimals that are not zero.
std::strong_ordering compare_sizes(const Decimal& a, const Decimal& b) {
  const auto magnitude = [](const Decimal& d) { return d.exponent + static_cast<int64_t>(d.digits.size()); };
  if (const auto order = magnitude(a) <=> magnitude(b); order != 0) return order;
  // Without zeros at the end, the shorter of two numbers with a common front is the smaller one.
  return a.digits.compare(b.digits) <=> 0;
}

std::strong_ordering compare(const Decimal& a, const Decimal& b) {
  const auto sign = [](const Decimal& d) { return d.is_zero() ? 0 : d.negative ? -1 : 1; };
  if (const auto order = sign(a) <=> sign(b); order != 0 || sign(a) == 0) return order;
  return a.negative ? compare_sizes(b, a) : compare_sizes(a, b);
}

}  // namespace

std::optional<Decimal> Decimal::parse(std::string_view text) {
  Decimal out;
  if (text.starts_with('-') || text.starts_with('+')) {
    out.negative = text[0] == '-';
    text.remove_prefix(1);
  }
  size_t count = take_digits(text, out.digits);
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    const size_t fraction = take_digits(text, out.digits);
    out.exponent = -static_cast<int64_t>(fraction);
    count += fraction;
  }
  if (count == 0) return std::nullopt;
  if (text.starts_with('e') || text.starts_with('E')) {
    text.remove_prefix(1);
    if (text.starts_with('+')) text.remove_prefix(1);
    int64_t exponent = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), exponent);
    constexpr int64_t k_largest = 1'000'000'000'000'000;
    if (error != std::errc() || end != text.data() + text.size() || std::abs(exponent) > k_largest) return std::nullopt;
    out.exponent += exponent;
  } else if (!text.empty()) {
    return std::nullopt;
  }
  const size_t zeros = out.digits.size() - std::min(out.digits.find_last_not_of('0') + 1, out.digits.size());
  out.digits.resize(out.digits.size() - zeros);
  out.exponent += static_cast<int64_t>(zeros);
  out.digits.erase(0, std::min(out.digits.find_first_not_of('0'), out.digits.size()));
  if (out.is_zero()) out.exponent = 0;
  return out;
}

std::partial_ordering compare_numbers(const Node& a, const Node& b) {
  if (a.integer_fits && b.integer_fits) return a.integer <=> b.integer;
  // Reading a decimal into the nearest double keeps the order: only equal doubles need a closer look.
  const auto order = a.number <=> b.number;
  if (order != 0) return order;
  const auto exact_a = Decimal::parse(a.text);
  const auto exact_b = Decimal::parse(b.text);
  if (!exact_a || !exact_b) return order;
  return compare(*exact_a, *exact_b);
}

bool is_integral(const Node& number) {
  if (number.kind == document::NodeKind::integer) return true;
  if (number.kind != document::NodeKind::number || std::isnan(number.number)) return false;
  if (std::isfinite(number.number) && number.number != std::trunc(number.number)) return false;
  const auto exact = Decimal::parse(number.text);
  return exact && exact->is_integer();
}

std::optional<Divisor> Divisor::make(const Node& divisor) {
  constexpr size_t k_most_digits = 18;
  auto exact = Decimal::parse(divisor.text);
  if (!exact && divisor.integer_fits) exact = Decimal::parse(std::to_string(divisor.integer));
  if (!exact || exact->negative || exact->is_zero() || exact->digits.size() > k_most_digits) return std::nullopt;
  Divisor out;
  std::from_chars(exact->digits.data(), exact->digits.data() + exact->digits.size(), out.mantissa_);
  out.exponent_ = exact->exponent;
  return out;
}

bool Divisor::divides(const Node& value) const {
  auto exact = Decimal::parse(value.text);
  if (!exact && value.integer_fits) exact = Decimal::parse(std::to_string(value.integer));
  if (!exact)
    return std::isfinite(value.number) &&
           std::fmod(value.number, static_cast<double>(mantissa_) * std::pow(10.0, static_cast<double>(exponent_))) == 0;
  if (exact->is_zero()) return true;
  const int64_t shift = exact->exponent - exponent_;
  // The divisor has more factors of ten; the value, without zeros at its end, has none.
  if (shift < 0) return false;
  Wide rest = 0;
  for (const char digit : exact->digits) rest = (rest * 10 + static_cast<unsigned>(digit - '0')) % mantissa_;
  return rest * power_of_ten(shift, mantissa_) % mantissa_ == 0;
}

}  // namespace mops::policy
