#include "http/curl_api.h"

#include <doctest/doctest.h>

using namespace mops;

TEST_CASE("a libcurl that is not there is one error that says what to install") {
  const auto loaded = http::load_curl_from("libcurl-of-nobody.so.4");
  REQUIRE_FALSE(loaded);
  CHECK(loaded.error().code == ErrorCode::outside);
  CHECK(loaded.error().message == "cannot load `libcurl-of-nobody.so.4`, which speaks HTTP for mops");
  CHECK(loaded.error().help == "install libcurl4 (`apt-get install libcurl4`), then run the same command again");
  CHECK_FALSE(loaded.error().transient);
}

TEST_CASE("another library under its name is told") {
  const auto loaded = http::load_curl_from("libc.so.6");
  REQUIRE_FALSE(loaded);
  CHECK(loaded.error().message == "`libc.so.6` has no function `curl_global_init`");
}
