#pragma once

#include "document/node.h"

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mops::policy {

/// A number as it was written, exactly: sign x digits x 10^exponent, digits without zeros at either end ("" is zero).
struct Decimal {
  bool negative = false;
  std::string digits;
  int64_t exponent = 0;

  /// Takes `-12.5e3`; nullopt for anything else (hexadecimal, infinity), and for exponents beyond 15 digits.
  static std::optional<Decimal> parse(std::string_view text);
  [[nodiscard]] bool is_zero() const { return digits.empty(); }
  [[nodiscard]] bool is_integer() const { return is_zero() || exponent >= 0; }
};

/// Of two numbers, exact where both are written in decimals, else by their doubles; unordered with not-a-number.
std::partial_ordering compare_numbers(const document::Node& a, const document::Node& b);

/// True for 1 and 1.0, as JSON Schema has it.
bool is_integral(const document::Node& number);

/// `multipleOf`, exact for any value. `divisor` is positive.
class Divisor {
 public:
  /// nullopt: not positive, or more than 18 significant digits.
  static std::optional<Divisor> make(const document::Node& divisor);
  [[nodiscard]] bool divides(const document::Node& value) const;

 private:
  uint64_t mantissa_ = 1;
  int64_t exponent_ = 0;
};

}  // namespace mops::policy
