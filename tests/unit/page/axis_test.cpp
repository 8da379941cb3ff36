#include "page/axis.h"

#include <doctest/doctest.h>

#include <cmath>

using namespace mops::page;

namespace {

std::string labels(const Axis& axis) {
  std::string out;
  for (const Tick& tick : axis.ticks()) out += (out.empty() ? "" : " | ") + tick.label;
  return out;
}

}  // namespace

TEST_CASE("short_number: as people write numbers") {
  CHECK(short_number(0) == "0");
  CHECK(short_number(0.93567) == "0.9357");
  CHECK(short_number(-2.5) == "-2.5");
  CHECK(short_number(1234) == "1,234");
  CHECK(short_number(1234.5) == "1,234");
  CHECK(short_number(9999.4) == "9,999");
  CHECK(short_number(9999.7) == "10,000");
  CHECK(short_number(12345.6) == "12,346");
  CHECK(short_number(-1234567) == "-1,234,567");
  CHECK(short_number(1e-9) == "1e-09");
  CHECK(short_number(INFINITY) == "∞");
}

TEST_CASE("Axis: round ends and ticks") {
  CHECK(labels(Axis(Scale::linear, 0.03, 0.97)) == "0 | 0.2 | 0.4 | 0.6 | 0.8 | 1");
  CHECK(labels(Axis(Scale::linear, 7, 7)) == "6 | 6.5 | 7 | 7.5 | 8");
  CHECK(labels(Axis(Scale::linear, -30, 1200)) == "-500 | 0 | 500 | 1,000 | 1,500");
  CHECK(labels(Axis(Scale::logarithmic, 0.8, 250)) == "0.1 | 1 | 10 | 100 | 1,000");
  CHECK(labels(Axis(Scale::logarithmic, 2, 30)) == "1 | 2 | 5 | 10 | 20 | 50 | 100");
  CHECK(labels(Axis(Scale::logarithmic, 1e-9, 1e9)) == "1e-09 | 1e-06 | 0.001 | 1 | 1,000 | 1,000,000 | 1,000,000,000");
  CHECK(labels(Axis(Scale::percentile, 0, 0.9995)) == "0 % | 50 % | 90 % | 99 % | 99.9 % | 99.99 %");
}

TEST_CASE("Axis: places") {
  const Axis linear(Scale::linear, 0, 10);
  CHECK(linear.place(2.5) == doctest::Approx(0.25));
  CHECK(linear.place(-3) == 0.0);
  CHECK(linear.place(30) == 1.0);
  const Axis logarithmic(Scale::logarithmic, 1, 100);
  CHECK(logarithmic.place(10) == doctest::Approx(0.5));
  const Axis percentile(Scale::percentile, 0, 0.99);
  CHECK(percentile.place(0.9) == doctest::Approx(0.5));
  CHECK(percentile.place(0.9999) == 1.0);
}

TEST_CASE("Axis: any finite range has increasing ticks inside of its ends") {
  for (const Scale scale : {Scale::linear, Scale::logarithmic}) {
    for (double low = 1e-12; low < 1e12; low *= 37) {
      for (double high = low; high < 1e13; high *= 91) {
        const Axis axis(scale, low, high);
        CHECK(axis.low() <= low * (1 + 1e-6));
        CHECK(axis.high() >= high * (1 - 1e-6));
        REQUIRE(axis.ticks().size() >= 2);
        CHECK(axis.ticks().size() <= 20);
        for (size_t i = 1; i < axis.ticks().size(); ++i) CHECK(axis.ticks()[i - 1].value < axis.ticks()[i].value);
      }
    }
  }
}
