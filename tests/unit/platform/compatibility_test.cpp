#include "platform/compatibility.h"

#include <doctest/doctest.h>

using namespace mops;
using namespace mops::platform;

TEST_CASE("compatibility: the same release and its neighbours") {
  for (const auto& [a, b] : std::initializer_list<std::pair<const char*, const char*>>{
           {"0.1.0", "0.1.0"}, {"0.1.0", "0.1.7"}, {"0.1.0", "0.2.0"}, {"1.4.2", "1.3.9"}, {"1.9.0", "2.0.0"}, {"2.0.5", "1.0.0"}, {"0.2.0-rc.1", "0.1.0"}}) {
    CHECK(may_talk(a, b));
    CHECK(may_talk(b, a));
  }
}

TEST_CASE("compatibility: others are told both versions") {
  for (const auto& [a, b] : std::initializer_list<std::pair<const char*, const char*>>{
           {"0.1.0", "0.3.0"}, {"1.9.0", "2.1.0"}, {"1.0.0", "3.0.0"}, {"0.1.0", "18446744073709551615.0.0"}, {"0.1.0", "yesterday"}, {"0.1.0", ""}}) {
    const auto refused = may_talk(a, b);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ErrorCode::usage);
    CHECK(refused.error().message == fmt::format("this is mops {}, the platform is mops {}: they may differ by one release", a, b));
    CHECK_FALSE(may_talk(b, a));
  }
}

TEST_CASE("compatibility: later") {
  CHECK(is_later("0.2.0", "0.1.9"));
  CHECK(is_later("0.2.0", "0.2.0-rc.1"));
  CHECK_FALSE(is_later("0.2.0", "0.2.0"));
  CHECK_FALSE(is_later("0.1.0", "0.2.0"));
  CHECK_FALSE(is_later("x", "0.2.0"));
  CHECK_FALSE(is_later("0.2.0", "x"));
}
