#include "certify/check_text.h"

#include <doctest/doctest.h>

using namespace mops;
using namespace mops::certify;
using evidence::Check;

TEST_CASE("a value is rounded for people, its limit is as somebody wrote it") {
  CHECK(value_text({.value = 0.123456}) == "0.1235");
  CHECK(value_text({.value = 12.5, .unit = "ms"}) == "12.5 ms");
  CHECK(value_text({.value = 12345.6, .unit = "1/s"}) == "12,346 1/s");
  CHECK(value_text({.value = 0.91, .low = 0.89, .high = 0.93, .unit = "ms"}) == "0.91 ms (0.89 … 0.93)");
  CHECK(value_text({}) == "-");
  CHECK(limit_text({.minimum = 0.812345}, "") == "≥ 0.812345");
  CHECK(limit_text({.maximum = 12345.6}, "ms") == "≤ 12345.6 ms");
  CHECK(limit_text({.minimum = 0, .maximum = 1}, "s") == "0 … 1 s");
  CHECK(limit_text({}, "ms") == "-");
}

TEST_CASE("a check in words") {
  CHECK(sentence_of({.name = "latency/p99_ms", .value = 812, .limit = {.maximum = 500}, .unit = "ms", .note = "slow"}) == "latency/p99_ms is 812 ms, expected ≤ 500 ms: slow");
  CHECK(sentence_of({.name = "metrics/r2", .limit = {.minimum = 0.5}, .note = "the truth is constant"}) == "metrics/r2 could not be measured: the truth is constant");
  CHECK(sentence_of({.name = "metrics/r2"}) == "metrics/r2 could not be measured");
  CHECK(sentence_of({.name = "contract/batch", .value = 2, .limit = {.maximum = 0}, .note = "row 1 differs"}) == "contract/batch: row 1 differs");
}

TEST_CASE("the reason is the first of the worst") {
  const auto check = [](std::string name, Verdict verdict) { return Check{.name = std::move(name), .value = 1, .limit = {.maximum = 2}, .verdict = verdict}; };
  CHECK(reason_of({}).empty());
  CHECK(reason_of({check("a", Verdict::passed)}).empty());
  CHECK(reason_of({check("a", Verdict::warned), check("b", Verdict::failed), check("c", Verdict::inconclusive), check("d", Verdict::failed)}) == "b is 1, expected ≤ 2 (1 more)");
}
