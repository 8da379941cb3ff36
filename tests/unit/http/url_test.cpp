#include "http/url.h"

#include <doctest/doctest.h>

using namespace mops;
using namespace mops::http;

TEST_CASE("parse_url") {
  SUBCASE("all parts") {
    const auto url = parse_url("HTTPS://user:secret@Example.COM:8443/a/b?x=1&y=2#part");
    REQUIRE(url);
    CHECK(url->scheme == "https");
    CHECK(url->credentials == "user:secret");
    CHECK(url->host == "example.com");
    CHECK(url->port == 8443);
    CHECK(url->path == "/a/b");
    CHECK(url->query == "x=1&y=2");
    CHECK(url->to_string() == "https://user:secret@example.com:8443/a/b?x=1&y=2");
  }
  SUBCASE("defaults") {
    CHECK(parse_url("http://h")->port == 80);
    CHECK(parse_url("https://h")->port == 443);
    CHECK(parse_url("http://h:")->port == 80);
    CHECK(parse_url("http://h")->path == "/");
    CHECK(parse_url("http://h?q")->query == "q");
    CHECK(parse_url("http://h:80/")->to_string() == "http://h/");
  }
  SUBCASE("IPv6") {
    CHECK(parse_url("http://[::1]:8080/x")->host == "[::1]");
    CHECK(parse_url("http://[::1]:8080/x")->port == 8080);
    CHECK(parse_url("http://[::1]/x")->port == 80);
  }
  SUBCASE("what is wrong is said, without credentials") {
    const auto message = [](std::string_view text) {
      const auto url = parse_url(text);
      return url ? std::string("fine") : url.error().message;
    };
    CHECK(message("example.com/x") == "`example.com/x` is not a URL: it has no `https://` in front");
    CHECK(message("ftp://me:secret@h/") == "`ftp://***@h/` is not a URL: its scheme is `ftp`, not `http` or `https`");
    CHECK(message("http://h:99999/") == "`http://h:99999/` is not a URL: its port is not a number from 1 to 65535");
    CHECK(message("http://h:0/") == "`http://h:0/` is not a URL: its port is not a number from 1 to 65535");
    CHECK(message("http://h:8x/") == "`http://h:8x/` is not a URL: its port is not a number from 1 to 65535");
    CHECK(message("http:///x") == "`http:///x` is not a URL: it names no host");
    CHECK(message("http://a b/") == "`http://a b/` is not a URL: it has a blank or a control character in it");
    CHECK(message("http://[::1/x") == "`http://[::1/x` is not a URL: the brackets of its host do not match");
    CHECK(message("") == "`` is not a URL: it has no `https://` in front");
  }
}

TEST_CASE("is_loopback") {
  CHECK(is_loopback("127.0.0.1"));
  CHECK(is_loopback("localhost"));
  CHECK(is_loopback("[::1]"));
  CHECK_FALSE(is_loopback("128.0.0.1"));
  CHECK_FALSE(is_loopback("localhost.example.com"));
}

TEST_CASE("percent_encode") { CHECK(percent_encode("a-Z_0.9~ /%ä") == "a-Z_0.9~%20%2F%25%C3%A4"); }

TEST_CASE("redact_urls") {
  CHECK(redact_urls("no URL here") == "no URL here");
  CHECK(redact_urls("see https://me:pw@host/simple and http://h/x") == "see https://***@host/simple and http://h/x");
  CHECK(redact_urls("https://token@host") == "https://***@host");
  CHECK(redact_urls("'https://a:b@c@host/p'") == "'https://***@host/p'");
  CHECK(redact_urls("https://h/?a=1&X-Amz-Signature=abc&access_token=t&b#f") == "https://h/?a=1&X-Amz-Signature=***&access_token=***&b#f");
  CHECK(redact_urls("https://h/a@b") == "https://h/a@b");
  CHECK(redact_urls("a://") == "a://");
}
