#include "evidence/answer_digest.h"

#include <cmath>
#include <doctest/doctest.h>
#include <limits>
#include <random>

using namespace mops::evidence;

namespace {

constexpr double k_tolerances[] = {1e-12, 1e-9, 1e-6, 1e-3, 0.01, 0.1, 0.5};

bool match(double x, double y, double tolerance) {
  const AnswerValue a[] = {x};
  const AnswerValue b[] = {y};
  return answers_match(answer_digests("key", "output", a, tolerance), answer_digests("key", "output", b, tolerance));
}

std::vector<std::string> digests(std::vector<AnswerValue> values, double tolerance = 1e-6, std::string_view key = "key", std::string_view output = "output") {
  return answer_digests(key, output, values, tolerance);
}

/// Doubles of all magnitudes, and the places where schemes break: powers of two and ten, one, zero.
class Draw {
 public:
  double number() {
    switch (generator_() % 6) {
      case 0: return signed_unit();
      case 1: return signed_unit() * 2;
      case 2: return std::ldexp(1 + signed_unit() * 1e-9, static_cast<int>(generator_() % 200) - 100) * (generator_() % 2 == 0 ? 1 : -1);
      case 3: return std::pow(10.0, signed_unit() * 300) * (generator_() % 2 == 0 ? 1 : -1);
      case 4: return signed_unit() * 1e-7;
      default: return static_cast<double>(static_cast<int64_t>(generator_() % 2001) - 1000);
    }
  }
  double signed_unit() { return static_cast<double>(generator_() >> 11) / 4503599627370496.0 - 1; }

 private:
  std::mt19937_64 generator_{20261123};
};

}  // namespace

TEST_CASE("answers_match: |x - y| <= tolerance max(1, |x|) always matches") {
  Draw draw;
  for (int i = 0; i < 60'000; ++i) {
    const double tolerance = k_tolerances[i % std::size(k_tolerances)];
    const double x = draw.number();
    const double y = x + (i % 3 == 0 ? 1 : draw.signed_unit()) * tolerance * std::max(1.0, std::abs(x)) * (i % 2 == 0 ? 1 : -1);
    CAPTURE(x);
    CAPTURE(y);
    CAPTURE(tolerance);
    // Adding may have rounded it past the end.
    if (std::abs(x - y) <= tolerance * std::max(1.0, std::abs(x))) CHECK(match(x, y, tolerance));
  }
}

TEST_CASE("answers_match: |x - y| > 16 tolerance max(1, |x|) never matches") {
  Draw draw;
  for (int i = 0; i < 60'000; ++i) {
    const double tolerance = k_tolerances[i % std::size(k_tolerances)];
    const double x = draw.number();
    const double factor = 16 + 1e-9 + (i % 3 == 0 ? 0 : std::abs(draw.signed_unit()) * 100);
    const double y = x + factor * tolerance * std::max(1.0, std::abs(x)) * (i % 2 == 0 ? 1 : -1);
    CAPTURE(x);
    CAPTURE(y);
    CAPTURE(tolerance);
    if (std::isfinite(y) && std::abs(x - y) > 16 * tolerance * std::max(1.0, std::abs(x))) CHECK_FALSE(match(x, y, tolerance));
  }
}

TEST_CASE("answers_match: exactly where a tolerance means nothing") {
  constexpr double k_nan = std::numeric_limits<double>::quiet_NaN();
  constexpr double k_infinity = std::numeric_limits<double>::infinity();
  CHECK(match(k_nan, -k_nan, 1e-6));
  CHECK(match(k_infinity, k_infinity, 1e-6));
  CHECK_FALSE(match(k_infinity, -k_infinity, 0.5));
  CHECK_FALSE(match(k_infinity, std::numeric_limits<double>::max(), 0.5));
  CHECK_FALSE(match(k_nan, 0, 0.5));
  CHECK(match(0.0, -0.0, 0));
  CHECK(match(0.0, -0.0, 1e-6));
  CHECK(match(0.1, 0.1, 0));
  CHECK_FALSE(match(0.1, std::nextafter(0.1, 1), 0));
  CHECK(answers_match(digests({int64_t{5}}), digests({int64_t{5}})));
  CHECK_FALSE(answers_match(digests({int64_t{5}}, 0.5), digests({int64_t{6}}, 0.5)));
  CHECK_FALSE(answers_match(digests({int64_t{9007199254740993}}), digests({int64_t{9007199254740992}})));
  CHECK(answers_match(digests({"AA"}), digests({"AA"})));
  CHECK_FALSE(answers_match(digests({"AA"}), digests({"UA"})));
  CHECK(answers_match(digests({true, std::monostate()}), digests({true, std::monostate()})));
  CHECK_FALSE(answers_match(digests({true}), digests({false})));
}

TEST_CASE("answers_match: kinds, places, outputs and rows are told apart") {
  const std::vector<AnswerValue> kinds = {std::monostate(), true, int64_t{1}, 1.0, "1", "true", "null", "nan"};
  for (size_t i = 0; i < kinds.size(); ++i)
    for (size_t j = 0; j < kinds.size(); ++j) {
      CAPTURE(i);
      CAPTURE(j);
      CHECK(answers_match(digests({kinds[i]}), digests({kinds[j]})) == (i == j));
      CHECK(answers_match(digests({kinds[i]}, 0), digests({kinds[j]}, 0)) == (i == j));
    }
  CHECK(digests({0.5, 0.5})[0] != digests({0.5, 0.5})[1]);
  CHECK_FALSE(answers_match(digests({0.5}), digests({0.5}, 1e-6, "other key")));
  CHECK_FALSE(answers_match(digests({0.5}), digests({0.5}, 1e-6, "key", "other")));
  CHECK_FALSE(answers_match(digests({0.5, 0.6}), digests({0.5})));
  CHECK_FALSE(answers_match(digests({0.5}), digests({0.5, 0.6})));
  CHECK(answers_match({}, {}));
}

TEST_CASE("answers_match: one element that differs is enough") {
  CHECK(answers_match(digests({0.1, "AA", int64_t{1}}), digests({0.1, "AA", int64_t{1}})));
  CHECK_FALSE(answers_match(digests({0.1, "AA", int64_t{1}}), digests({0.1, "AA", int64_t{2}})));
  CHECK_FALSE(answers_match(digests({0.1, "AA", int64_t{1}}), digests({0.2, "AA", int64_t{1}})));
}

TEST_CASE("answers_match: damaged digests match nothing") {
  const std::vector<std::string> nothing = {""};
  const std::vector<std::string> odd = {"0123"};
  CHECK_FALSE(answers_match(nothing, nothing));
  CHECK_FALSE(answers_match(odd, odd));
}

TEST_CASE("answer_digests: the form is kept for ever") {
  // As `printf 'probability|0|0|125000' | openssl dgst -sha256 -hmac key` says: 0.5 / (4 x 1e-6) = 125000. The last one is
  // (1 + ln 1e10) / (4 x 1e-6) = 6006462.7.
  const std::vector<std::string> expected = {"3e064e67b41f1a19a272bd947c2ac874", "9ed45ec5e9f2bb66", "f57ac5be1985f25d", "2e87ca67269466d5", "1fe968ae88db9c8d",
                                             "6e8e67de42537248aaaa872b3b27b282"};
  CHECK(digests({0.5, "AA", int64_t{-3}, true, std::monostate(), 1e10}, 1e-6, "key", "probability") == expected);
}
