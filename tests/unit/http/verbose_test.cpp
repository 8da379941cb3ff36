#include "http/verbose.h"

#include "fakes/manual_clock.h"
#include "fakes/scripted_transport.h"

#include <doctest/doctest.h>

using namespace mops;
using namespace mops::http;

TEST_CASE("VerboseTransport says what was sent, without secrets") {
  fakes::ScriptedTransport script;
  fakes::ManualClock clock;
  std::string said;
  VerboseTransport transport(script, clock, [&](std::string_view line) { said += std::string(line) + "\n"; });
  const std::string url = "https://me:pw@h/v2/?token=t&n=1";
  SUBCASE("an answer") {
    script.expect("POST", url, Response{.status = 201, .headers = {{"Set-Cookie", "id=1"}, {"Location", "https://u:p@h/x"}}, .body = "hello"});
    const Request request{.method = "POST",
                          .url = url,
                          .headers = {{"Authorization", "Bearer abc"}, {"X-Api-Key", "k"}, {"Accept", "*/*"}},
                          .body = "12345678",
                          .unix_socket_path = "/run/x.sock"};
    REQUIRE(transport.send(request, {}));
    CHECK(said ==
          "> POST https://***@h/v2/?token=***&n=1 through `/run/x.sock`\n"
          "> Authorization: Bearer ***\n"
          "> X-Api-Key: ***\n"
          "> Accept: */*\n"
          "> 8 bytes\n"
          "< 201 Created after 0 ms\n"
          "< Set-Cookie: ***\n"
          "< Location: https://***@h/x\n"
          "< 5 bytes\n");
  }
  SUBCASE("no answer") {
    script.expect("GET", "http://h/", fail(ErrorCode::outside, "cannot reach `h:80`: connection refused"));
    CHECK_FALSE(transport.send({.url = "http://h/"}, {}));
    CHECK(said == "> GET http://h/\n< no answer after 0 ms: cannot reach `h:80`: connection refused\n");
  }
}
