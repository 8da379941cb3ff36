#include "net/http1.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

using namespace mops::net;

namespace {

/// The whole verdict in one line: "200" with what was understood, or status and reason.
std::string verdict(Side side, std::string_view message, size_t piece) {
  HeadParser head(side);
  Progress progress = Progress::more;
  for (size_t size = std::min(piece, message.size());; size = std::min(size + piece, message.size())) {
    progress = head.parse(message.substr(0, size));
    if (progress != Progress::more || size == message.size()) break;
  }
  if (progress == Progress::more) return "more";
  if (progress == Progress::bad) return fmt::format("{} {}", head.problem().status, head.problem().text);
  const BodyFraming framing = side == Side::request ? head.request_framing() : head.response_framing(AnswerTo::other);
  constexpr std::string_view k_kinds[] = {"none", "length", "chunked", "until_close"};
  const std::string_view kind = k_kinds[static_cast<size_t>(framing.kind)];
  std::string text = side == Side::request ? fmt::format("{} {}", head.method(), head.target()) : fmt::format("{} {}", head.status(), head.reason());
  text += fmt::format(" body={}{} {}", kind, framing.kind == BodyKind::length ? fmt::format(":{}", framing.length) : "",
                      head.keep_alive() ? "keep" : "close");
  return text;
}

struct Case {
  std::string_view message;
  std::string_view expected;
};

void check(Side side, const Case& entry) {
  for (const size_t piece : {size_t{1}, size_t{7}, size_t{100000}}) {
    CAPTURE(entry.message);
    CAPTURE(piece);
    CHECK(verdict(side, entry.message, piece) == entry.expected);
  }
}

std::string body_verdict(std::string_view bytes, BodyFraming framing, size_t piece) {
  BodyDecoder decoder;
  decoder.start(framing);
  std::string payload;
  size_t consumed = 0;
  size_t given = 0;
  while (true) {
    const BodyDecoder::Step step = decoder.next(bytes.substr(consumed, given - consumed));
    payload += step.payload;
    consumed += step.consumed;
    if (step.progress == Progress::bad) return fmt::format("bad: {}", decoder.problem());
    if (step.progress == Progress::done) return fmt::format("`{}` rest `{}`", payload, bytes.substr(consumed));
    if (step.consumed > 0) continue;
    if (given == bytes.size()) return fmt::format("more after `{}`", payload);
    given = std::min(given + piece, bytes.size());
  }
}

using namespace std::string_view_literals;

}  // namespace

TEST_CASE("requests: verdicts of the smuggling corpus") {
  const Case cases[] = {
      {"GET / HTTP/1.1\r\nHost: a\r\n\r\n", "GET / body=none keep"},
      {"GET /a?b=c HTTP/1.0\r\n\r\n", "GET /a?b=c body=none close"},
      {"GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", "GET / body=none keep"},
      {"GET / HTTP/1.1\r\nHost: a\r\nConnection: x, close\r\n\r\n", "GET / body=none close"},
      {"\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", "GET / body=none keep"},
      {"\r\n\x01", "400 this does not start like HTTP/1.1"},
      {"\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", "400 an empty line stands where the start line belongs"},
      {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n", "POST / body=length:5 keep"},
      {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", "POST / body=none keep"},
      {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n", "POST / body=chunked keep"},
      {"GET http://b:80/x?y HTTP/1.1\r\nHost: a\r\n\r\n", "GET /x?y body=none keep"},
      {"GET HTTP://b HTTP/1.1\r\nHost: a\r\n\r\n", "GET / body=none keep"},
      {"GET http://a,b/ HTTP/1.1\r\nHost: a\r\n\r\n", "400 the request line is damaged"},
      {"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", "OPTIONS * body=none keep"},
      // two lengths
      {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", "400 Content-Length stands beside Transfer-Encoding"},
      {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n", "400 Content-Length stands beside Transfer-Encoding"},
      {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\n", "400 Content-Length is there twice"},
      {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n", "400 Content-Length is there twice"},
      {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5, 5\r\n\r\n", "400 Content-Length is not a number"},
      {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\n", "400 Content-Length is not a number"},
      {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", "400 Content-Length is not a number"},
      {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x5\r\n\r\n", "400 Content-Length is not a number"},
      {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5 6\r\n\r\n", "400 Content-Length is not a number"},
      {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n", "400 Content-Length is not a number"},
      {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n", "400 Content-Length is not a number"},
      // codings that others might read differently
      {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, chunked\r\n\r\n", "400 Transfer-Encoding is damaged"},
      {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", "400 Transfer-Encoding is damaged"},
      {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", "501 chunked is the only transfer coding that is known here"},
      {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: identity\r\n\r\n", "501 chunked is the only transfer coding that is known here"},
      {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: \"chunked\"\r\n\r\n", "501 chunked is the only transfer coding that is known here"},
      {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked;x=1\r\n\r\n", "400 Transfer-Encoding is damaged"},
      {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\x0b" "chunked\r\n\r\n", "400 a field value has a control character"},
      {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n", "400 there is white space before a colon"},
      {"POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", "400 HTTP/1.0 has no Transfer-Encoding"},
      // lines
      {"GET / HTTP/1.1\nHost: a\r\n\r\n", "400 a line ends with LF instead of CR LF"},
      {"GET / HTTP/1.1\r\nHost: a\n\r\n", "400 a line ends with LF instead of CR LF"},
      {"GET / HTTP/1.1\r\nHost: a\r\n\n", "400 a line ends with LF instead of CR LF"},
      {"GET / HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n", "400 a field value has a control character"},
      {"GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n", "400 a field is folded over two lines"},
      {"GET / HTTP/1.1\r\n Host: a\r\n\r\n", "400 a field is folded over two lines"},
      {"GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n"sv, "400 a field value has a control character"},
      {"GET / HTTP/1.1\r\nHost: a\r\nX\0: b\r\n\r\n"sv, "400 a field name is damaged"},
      {"GET / HTTP/1.1\r\nHost: a\r\nX: \x7f\r\n\r\n", "400 a field value has a control character"},
      {"GET / HTTP/1.1\r\nHost: a\r\nX: \xc3\xa9\r\n\r\n", "GET / body=none keep"},
      {"GET / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n", "400 a field name is damaged"},
      {"GET / HTTP/1.1\r\nHost: a\r\nX\r\n\r\n", "400 a field name is damaged"},
      {"GET / HTTP/1.1\r\nHost: a\r\nX Y: b\r\n\r\n", "400 there is white space before a colon"},
      {"GET / HTTP/1.1\r\nHost: a\r\nContent-Length\t: 5\r\n\r\n", "400 there is white space before a colon"},
      // start line
      {"GET  / HTTP/1.1\r\nHost: a\r\n\r\n", "400 the request line is damaged"},
      {"GET / HTTP/1.1 \r\nHost: a\r\n\r\n", "400 the request line is damaged"},
      {"GET /\r\nHost: a\r\n\r\n", "400 the request line is damaged"},
      {"GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", "400 the request line is damaged"},
      {"GET\t/\tHTTP/1.1\r\nHost: a\r\n\r\n", "400 the request line is damaged"},
      {"G@T / HTTP/1.1\r\nHost: a\r\n\r\n", "400 the request line is damaged"},
      {"GET / http/1.1\r\nHost: a\r\n\r\n", "400 the request line is damaged"},
      {"GET / HTTP/1.2\r\nHost: a\r\n\r\n", "505 only HTTP/1.0 and HTTP/1.1 are spoken here"},
      {"GET / HTTP/2.0\r\nHost: a\r\n\r\n", "505 only HTTP/1.0 and HTTP/1.1 are spoken here"},
      {"GET / HTTP/01.1\r\nHost: a\r\n\r\n", "400 the request line is damaged"},
      {"GET /\x01 HTTP/1.1\r\nHost: a\r\n\r\n", "400 the request line is damaged"},
      {"GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n", "400 the request line is damaged"},
      {"GET a HTTP/1.1\r\nHost: a\r\n\r\n", "400 the request line is damaged"},
      {"GET http:///a HTTP/1.1\r\nHost: a\r\n\r\n", "400 the request line is damaged"},
      {"GET http://u@b/ HTTP/1.1\r\nHost: a\r\n\r\n", "400 the request line is damaged"},
      {"CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n", "400 the request line is damaged"},
      {"\x16\x03\x01\x02", "400 this does not start like HTTP/1.1"},
      {" GET / HTTP/1.1\r\n", "400 this does not start like HTTP/1.1"},
      // Host, Expect, Connection
      {"GET / HTTP/1.1\r\n\r\n", "400 Host is missing"},
      {"GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", "400 Host is there twice"},
      {"GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", "400 Host is damaged"},
      {"GET / HTTP/1.1\r\nHost: a\r\nExpect: 200-ok\r\n\r\n", "417 100-continue is the only expectation that can be met"},
      {"GET / HTTP/1.1\r\nHost: a\r\nConnection: a b\r\n\r\n", "400 Connection is damaged"},
      {"GET / HTTP/1.1\r\nHost: a\r\n", "more"},
  };
  for (const Case& entry : cases) check(Side::request, entry);
}

TEST_CASE("responses: verdicts") {
  const Case cases[] = {
      {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n", "200 OK body=length:2 keep"},
      {"HTTP/1.1 200 OK\r\n\r\n", "200 OK body=until_close keep"},
      {"HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", "200  body=none keep"},
      {"HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n", "200  body=none keep"},
      {"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n", "200 OK body=length:2 close"},
      {"HTTP/1.1 100 Continue\r\n\r\n", "100 Continue body=none keep"},
      {"HTTP/1.1 204 No Content\r\nContent-Length: 3\r\n\r\n", "204 No Content body=none keep"},
      {"HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n", "304 Not Modified body=none keep"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "200 OK body=chunked keep"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n", "400 Content-Length stands beside Transfer-Encoding"},
      {"HTTP/1.1 20 OK\r\n\r\n", "400 the status line is damaged"},
      {"HTTP/1.1 2000 OK\r\n\r\n", "400 the status line is damaged"},
      {"HTTP/1.1 999 OK\r\n\r\n", "400 the status line is damaged"},
      {"HTTP/2 200 OK\r\n\r\n", "400 the status line is damaged"},
      {"garbage\r\n\r\n", "400 the status line is damaged"},
  };
  for (const Case& entry : cases) check(Side::response, entry);
}

TEST_CASE("chunked bodies: verdicts") {
  const Case cases[] = {
      {"0\r\n\r\nNEXT", "`` rest `NEXT`"},
      {"3\r\nabc\r\n0\r\n\r\n", "`abc` rest ``"},
      {"3\r\nabc\r\nA\r\n0123456789\r\n000\r\n\r\n", "`abc0123456789` rest ``"},
      {"3;name=\"value\"\r\nabc\r\n0\r\n\r\n", "`abc` rest ``"},
      {"3\r\nabc\r\n0\r\nTrailer: x\r\nB:\r\n\r\n", "`abc` rest ``"},
      {"3\r\nabc", "more after `abc`"},
      {"3\nabc\r\n0\r\n\r\n", "bad: the size of a chunk is damaged"},
      {"3\r\nabc\n0\r\n\r\n", "bad: a chunk is longer than its size"},
      {"3\r\nabcd\r\n0\r\n\r\n", "bad: a chunk is longer than its size"},
      {"3\r\nabc\r0\r\n\r\n", "bad: a chunk is longer than its size"},
      {" 3\r\nabc\r\n0\r\n\r\n", "bad: a chunk has no size"},
      {"3 \r\nabc\r\n0\r\n\r\n", "bad: the size of a chunk is damaged"},
      {"0x3\r\nabc\r\n0\r\n\r\n", "bad: the size of a chunk is damaged"},
      {"-3\r\nabc\r\n0\r\n\r\n", "bad: a chunk has no size"},
      {"+3\r\nabc\r\n0\r\n\r\n", "bad: a chunk has no size"},
      {"\r\n", "bad: a chunk has no size"},
      {"fffffffffffffffff\r\n", "bad: a chunk is too large"},
      {"3;a\nb\r\nabc\r\n0\r\n\r\n", "bad: the extension of a chunk is damaged"},
      {"3\r\nabc\r\n0\r\nX y\r\n\r\n", "bad: a trailer is damaged"},
      {"3\r\nabc\r\n0\r\n X: y\r\n\r\n", "bad: a trailer is damaged"},
      {"0\r\n\n", "bad: a trailer is damaged"},
  };
  for (const Case& entry : cases) {
    for (const size_t piece : {size_t{1}, size_t{5}, size_t{1000}}) {
      CAPTURE(entry.message);
      CHECK(body_verdict(entry.message, {.kind = BodyKind::chunked}, piece) == entry.expected);
    }
  }
  CHECK(body_verdict("1;" + std::string(10'000, 'x'), {.kind = BodyKind::chunked}, 100) ==
        "bad: the extensions and trailers of the chunks are too long");
  CHECK(body_verdict("abcdef", {.kind = BodyKind::length, .length = 4}, 3) == "`abcd` rest `ef`");
  CHECK(body_verdict("abc", {.kind = BodyKind::length, .length = 4}, 3) == "more after `abc`");
}

TEST_CASE("limits of a head") {
  const std::string long_line = "GET /" + std::string(40'000, 'a');
  CHECK(verdict(Side::request, long_line, 1000) == "414 the request line is too long");
  std::string many = "GET / HTTP/1.1\r\nHost: a\r\n";
  for (int i = 0; i < 100; ++i) many += "X: y\r\n";
  CHECK(verdict(Side::request, many, 1000) == "431 the head has too many fields");
  CHECK(verdict(Side::request, "GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(40'000, 'a'), 1000) == "431 the head is too large");
}

TEST_CASE("connection options are not forwarded") {
  HeadParser head(Side::request);
  REQUIRE(head.parse("GET / HTTP/1.1\r\nHost: a\r\nConnection: close, X-Private\r\nX-Private: 1\r\n\r\n") == Progress::done);
  CHECK(head.is_connection_option("x-private"));
  CHECK_FALSE(head.is_connection_option("x-other"));
  CHECK(head.find("x-private") == "1");
  head.reset();
  REQUIRE(head.parse("GET /b HTTP/1.1\r\nHost: b\r\n\r\n") == Progress::done);
  CHECK(head.field_count() == 1);
  CHECK(head.keep_alive());
}

TEST_CASE("percent decoding") {
  std::string out;
  CHECK(percent_decode("a%20b%2f", out));
  CHECK(out == "a b/");
  CHECK_FALSE(percent_decode("a%2", out));
  CHECK_FALSE(percent_decode("a%zz", out));
  CHECK_FALSE(percent_decode("a%00", out));
}
