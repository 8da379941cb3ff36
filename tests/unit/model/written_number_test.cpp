#include "model/notes.h"

#include <cmath>
#include <doctest/doctest.h>
#include <limits>

using mops::model::equal_at_written_digits;

TEST_CASE("equal_at_written_digits: within half a unit of the last digit, ends included") {
  struct Case {
    const char* text;
    double value;
    bool equal;
  };
  constexpr double k_infinity = std::numeric_limits<double>::infinity();
  const Case cases[] = {
      {"0.98", 0.9812, true},
      {"0.98", 0.985, true},   // the double is 0.98499999999999998667732370449812151491641998291015625
      {"0.98", 0.9850000000000001, false},
      {"0.98", 0.975, false},  // the double is 0.97499999999999997779…
      {"0.97", 0.975, true},
      {"0.980", 0.9812, false},
      {"0.981", 0.9812, true},
      {"0.9812", 0.9812, true},
      {"0.98120000000000", 0.9812, true},
      // Ties are exact in binary only for halves, quarters …; both neighbours are right.
      {"0.12", 0.125, true},
      {"0.13", 0.125, true},
      {"0.14", 0.125, false},
      {"2", 2.5, true},
      {"3", 2.5, true},
      {"4", 2.5, false},
      {"1", 0.5, true},
      {"0", 0.5, true},
      {"1", 0.49999999999999994, false},
      {"0", 0.5000000000000001, false},
      // Rounding twice (0.4949… → 0.495 → 0.5) would take this one.
      {"0.5", 0.4499999999999999, false},
      {"1.0", 1.05, false},  // the double is 1.0500000000000000444
      {"1.1", 1.05, true},
      {"1.00", 1.005, true},  // the double is 1.00499999999999989…
      {"1.01", 1.005, false},
      {"9.99", 9.995, true},  // the double is 9.9949999999999992
      {"10.00", 9.995, false},
      {"10", 9.5, true},
      {"9", 9.5, true},
      {"0.1", 0.1, true},
      {"0.1000000000000000055511151231257827021181583404541015625", 0.1, true},
      {"0.1000000000000000000000000000000000000000000000000000000", 0.1, false},
      // Exponents are compared at the digits of the mantissa.
      {"1e-3", 0.001, true},
      {"1e-3", 0.0014, true},
      {"1e-3", 0.0016, false},
      {"1.0e-3", 0.0014, false},
      {"1E+2", 140, true},
      {"1e2", 151, false},
      {"1.00e2", 100.4, true},
      {"100", 100.4, true},
      {"12e-1", 1.2, true},
      {"0.012e2", 1.2, true},
      {"1e2", 50, true},
      {"1e2", 49.99, false},
      {"1.7976931348623157e308", std::numeric_limits<double>::max(), true},
      {"4.9e-324", std::numeric_limits<double>::denorm_min(), true},
      {"5e-324", std::numeric_limits<double>::denorm_min(), true},
      {"4e-324", std::numeric_limits<double>::denorm_min(), false},
      {"0e-324", std::numeric_limits<double>::denorm_min(), false},
      // Signs and zeros.
      {"-0.5", -0.5, true},
      {"-0.5", 0.5, false},
      {"0.5", -0.5, false},
      {"+0.5", 0.5, true},
      {"0", -0.0, true},
      {"-0", 0.0, true},
      {"-0.00", 0.004, true},
      {"0.00", -0.005, false},  // the double is -0.005000000000000000104
      {"0.00", -0.0049, true},
      {"-1", -1.5, true},
      {"-2", -1.5, true},
      {"-3", -1.5, false},
      // YAML's other ways to write a number.
      {".5", 0.5, true},
      {"5.", 5.2, true},
      {"007", 7, true},
      {"123456789012345678901234567890", 123456789012345678901234567890.0, false},
      {"123456789012345677877719597056", 123456789012345678901234567890.0, true},
      // No numbers.
      {"", 0, false},
      {"-", 0, false},
      {".", 0, false},
      {"e5", 0, false},
      {"1e", 1, false},
      {"1e+-2", 0, false},
      {"1e999", 1, false},
      {"1e99999999999", 1, false},
      {"0x10", 16, false},
      {"1_000", 1000, false},
      {"1,5", 1.5, false},
      {" 1", 1, false},
      {"1 ", 1, false},
      {"--1", -1, false},
      {".nan", std::nan(""), false},
      {"nan", std::nan(""), false},
      {"1", std::nan(""), false},
      {".inf", k_infinity, false},
      {"1", -k_infinity, false},
  };
  for (const Case& each : cases) {
    CAPTURE(each.text);
    CAPTURE(each.value);
    CHECK(equal_at_written_digits(each.text, each.value) == each.equal);
  }
}

TEST_CASE("equal_at_written_digits: what is printed from a number is equal to it") {
  uint64_t state = 88172645463325252;
  for (int i = 0; i < 2000; ++i) {
    state ^= state << 13, state ^= state >> 7, state ^= state << 17;
    const double value = std::ldexp(static_cast<double>(static_cast<int64_t>(state >> 11)) - 4503599627370496.0, static_cast<int>(state % 120) - 110);
    const int digits = static_cast<int>(state % 15);
    for (const std::string& text : {fmt::format("{:.{}f}", value, digits), fmt::format("{:.{}e}", value, digits), fmt::format("{}", value)}) {
      CAPTURE(text);
      CAPTURE(value);
      CHECK(equal_at_written_digits(text, value));
    }
  }
}
