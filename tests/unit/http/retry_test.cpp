#include "http/retry.h"

#include "fakes/counting_random.h"
#include "fakes/manual_clock.h"
#include "fakes/scripted_transport.h"

#include <doctest/doctest.h>

using namespace mops;
using namespace mops::http;
using std::chrono::milliseconds;

namespace {

constexpr const char* k_url = "https://registry.example.com/v2/";

/// All bytes 0: the shortest of the jittered waits.
class ZeroRandom final : public Random {
 public:
  void fill(std::span<uint8_t> bytes) override { std::fill(bytes.begin(), bytes.end(), uint8_t{0}); }
};

struct RetryWorld {
  fakes::ScriptedTransport script;
  fakes::ManualClock clock;
  ZeroRandom random;
  std::vector<int64_t> waits;
  RetryTransport transport{script, clock, random, {}, [this](milliseconds time, const std::stop_token& stop) {
                             waits.push_back(time.count());
                             return !stop.stop_requested();
                           }};
};

tl::unexpected<Error> refused_connection() {
  return fail(Error{.code = ErrorCode::outside, .message = "connection refused", .transient = true});
}

}  // namespace

TEST_CASE("RetryTransport") {
  RetryWorld world;
  SUBCASE("asks again with growing waits until there is an answer") {
    world.script.expect("GET", k_url, refused_connection());
    world.script.expect("GET", k_url, Response{.status = 503});
    world.script.expect("GET", k_url, Response{.status = 429});
    world.script.expect("GET", k_url, Response{.status = 200});
    CHECK(world.transport.send({.url = k_url}, {})->status == 200);
    CHECK(world.waits == std::vector<int64_t>{100, 200, 400});
  }
  SUBCASE("gives up with the last answer") {
    for (int i = 0; i < 4; ++i) world.script.expect("GET", k_url, Response{.status = 503});
    CHECK(world.transport.send({.url = k_url}, {})->status == 503);
    CHECK(world.waits.size() == 3);
  }
  SUBCASE("never sends a POST twice") {
    world.script.expect("POST", k_url, refused_connection());
    CHECK_FALSE(world.transport.send({.method = "POST", .url = k_url}, {}));
  }
  SUBCASE("does not repeat what cannot get better") {
    world.script.expect("GET", k_url, fail(ErrorCode::outside, "the certificate is not trusted"));
    CHECK_FALSE(world.transport.send({.url = k_url}, {}));
    world.script.expect("GET", k_url, Response{.status = 500});
    CHECK(world.transport.send({.url = k_url}, {})->status == 500);
    CHECK(world.waits.empty());
  }
  SUBCASE("waits as long as Retry-After says") {
    world.script.expect("GET", k_url, Response{.status = 503, .headers = {{"retry-after", "7"}}});
    world.script.expect("GET", k_url, Response{.status = 503, .headers = {{"Retry-After", "Mon, 23 Nov 2026 12:00:03 GMT"}}});
    world.script.expect("GET", k_url, Response{.status = 200});
    CHECK(world.transport.send({.url = k_url}, {})->status == 200);
    CHECK(world.waits == std::vector<int64_t>{7000, 3000});
  }
  SUBCASE("a Retry-After that is too long gives the answer back") {
    world.script.expect("GET", k_url, Response{.status = 503, .headers = {{"Retry-After", "3600"}}});
    CHECK(world.transport.send({.url = k_url}, {})->status == 503);
  }
  SUBCASE("an asked-for stop ends the waiting") {
    std::stop_source source;
    RetryTransport stopped(world.script, world.clock, world.random, {}, [&](milliseconds, const std::stop_token&) { return false; });
    world.script.expect("GET", k_url, Response{.status = 503});
    const auto response = stopped.send({.url = k_url}, source.get_token());
    REQUIRE_FALSE(response);
    CHECK(response.error().code == ErrorCode::interrupted);
  }
}

TEST_CASE("parse_retry_after") {
  const SystemTime now = fakes::ManualClock().now();
  CHECK(parse_retry_after("0", now) == milliseconds(0));
  CHECK(parse_retry_after("120", now) == milliseconds(120'000));
  CHECK(parse_retry_after("99999999999", now) == milliseconds(86'400'000));
  CHECK(parse_retry_after("Mon, 23 Nov 2026 11:59:00 GMT", now) == milliseconds(0));
  CHECK_FALSE(parse_retry_after("-1", now));
  CHECK_FALSE(parse_retry_after("1.5", now));
  CHECK_FALSE(parse_retry_after("soon", now));
  CHECK_FALSE(parse_retry_after("Mon, 31 Feb 2026 11:59:00 GMT", now));
}

TEST_CASE("wait_for") {
  std::stop_source source;
  CHECK(wait_for(milliseconds(1), source.get_token()));
  source.request_stop();
  CHECK_FALSE(wait_for(std::chrono::hours(1), source.get_token()));
}
