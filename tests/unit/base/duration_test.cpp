#include "base/duration.h"

#include <doctest/doctest.h>

using mops::parse_duration;
using mops::duration_text;
using std::chrono::milliseconds;

TEST_CASE("durations as people write them") {
  const std::pair<const char*, int64_t> good[] = {{"250ms", 250}, {"20s", 20'000}, {"20", 20'000}, {"1.5m", 90'000}, {"2h", 7'200'000}, {"0", 0}, {"0.0004s", 0}, {"1e1s", 10'000}};
  for (const auto& [text, count] : good) CHECK(parse_duration(text).value() == milliseconds(count));
  for (const char* text : {"", "s", "20 s", "20x", "20S", "s20", "+1s", "0x10", "1s1", "1,5s"}) {
    CAPTURE(text);
    REQUIRE_FALSE(parse_duration(text).has_value());
    CHECK(parse_duration(text).error().message == "`" + std::string(text) + "` is not a duration");
  }
  for (const char* text : {"-1s", "1001h", "1e300h", "inf", "nan"}) {
    CAPTURE(text);
    REQUIRE_FALSE(parse_duration(text).has_value());
    CHECK(parse_duration(text).error().message == "the duration `" + std::string(text) + "` is out of range");
  }
}

TEST_CASE("durations as people read them") {
  const std::pair<int64_t, const char*> cases[] = {{0, "0 ms"}, {250, "250 ms"}, {1000, "1 s"}, {1500, "1500 ms"}, {90'000, "90 s"}, {120'000, "2 m"}, {7'200'000, "2 h"}};
  for (const auto& [count, text] : cases) CHECK(duration_text(milliseconds(count)) == text);
}
