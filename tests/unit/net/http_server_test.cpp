#include "net/http_server.h"

#include "fakes/plain_socket.h"
#include "net/listener.h"

#include <doctest/doctest.h>
#include <filesystem>
#include <fmt/format.h>
#include <sys/stat.h>
#include <thread>

using namespace mops;
using namespace mops::net;
using fakes::PlainSocket;

namespace {

std::string echo(const HttpRequest& request) {
  return fmt::format("{} {} {} {} {}", request.method, request.path, request.query, request.header("x-test"), request.body);
}

std::unique_ptr<HttpServer> echo_server(HttpServerOptions options = {}) {
  auto server = HttpServer::start(
      Address::tcp("127.0.0.1", 0),
      [](const HttpRequest& request, const HttpResponder& responder) { responder.respond({.body = echo(request), .content_type = "text/plain"}); },
      options);
  REQUIRE(server);
  return std::move(*server);
}

}  // namespace

TEST_CASE("a request is understood and answered, and the connection goes on") {
  const auto server = echo_server();
  PlainSocket client = PlainSocket::connect(server->address().port);
  client.send("POST /a%20b?c=d HTTP/1.1\r\nHost: x\r\nX-Test: 1\r\nContent-Length: 4\r\n\r\nbodyGET /2 HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK(client.read_message() == "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 20\r\n\r\nPOST /a b c=d 1 body");
  CHECK(client.read_message() == "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 9\r\n\r\nGET /2   ");
  client.send("PUT /3 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n3\r\nabc\r\n0\r\n\r\n");
  CHECK(client.read_all() == "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 12\r\nConnection: close\r\n\r\nPUT /3   abc");
}

TEST_CASE("refusals close the connection and say why") {
  const auto server = echo_server({.max_body_bytes = 10});
  const auto ask = [&](std::string_view request) {
    PlainSocket client = PlainSocket::connect(server->address().port);
    client.send(request);
    return client.read_all();
  };
  CHECK(ask("GET / HTTP/1.1\r\n\r\n") ==
        "HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\nContent-Length: 27\r\nConnection: close\r\n\r\n{\"error\":\"Host is missing\"}");
  CHECK(ask("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 11\r\n\r\n12345678901").starts_with("HTTP/1.1 413 "));
  CHECK(ask("PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n12345678901\r\n").starts_with("HTTP/1.1 413 "));
  CHECK(ask("PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nx").starts_with("HTTP/1.1 400 "));
}

TEST_CASE("answers come from other threads, later, or not at all") {
  std::vector<std::thread> threads;
  auto server = HttpServer::start(Address::tcp("127.0.0.1", 0), [&](const HttpRequest& request, const HttpResponder& responder) {
    if (request.path == "/never") return;
    threads.emplace_back([responder] { responder.respond({.status = 204}); });
  });
  REQUIRE(server);
  PlainSocket client = PlainSocket::connect((*server)->address().port);
  client.send("GET /later HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK(client.read_message() == "HTTP/1.1 204 No Content\r\n\r\n");
  client.send("GET /never HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK(client.read_message().starts_with("HTTP/1.1 500 "));
  (*server)->stop();
  for (std::thread& thread : threads) thread.join();
}

TEST_CASE("a Unix socket is private, replaces an abandoned file, and refuses a live one") {
  const std::string path = (std::filesystem::temp_directory_path() / fmt::format("mops-net-test-{}.sock", ::getpid())).string();
  const auto handler = [](const HttpRequest&, const HttpResponder& responder) { responder.respond({}); };
  {
    auto server = HttpServer::start(Address::unix_socket(path), handler);
    REQUIRE(server);
    struct stat status {};
    REQUIRE(::stat(path.c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0600);
    PlainSocket client = PlainSocket::connect(path);
    client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    CHECK(client.read_message() == "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    const auto second = HttpServer::start(Address::unix_socket(path), handler);
    REQUIRE_FALSE(second);
    CHECK(second.error().message == fmt::format("the socket `{}` belongs to a running server", path));
  }
  CHECK_FALSE(std::filesystem::exists(path));
  const int abandoned = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un raw{};
  raw.sun_family = AF_UNIX;
  path.copy(raw.sun_path, sizeof(raw.sun_path) - 1);
  REQUIRE(::bind(abandoned, reinterpret_cast<const sockaddr*>(&raw), sizeof(raw)) == 0);
  ::close(abandoned);
  CHECK(HttpServer::start(Address::unix_socket(path), handler));
}

TEST_CASE("a port in use is named with the process that has it") {
  const auto first = ListeningSocket::open(Address::tcp("127.0.0.1", 0));
  REQUIRE(first);
  const auto second = ListeningSocket::open(first->address());
  REQUIRE_FALSE(second);
  CHECK(second.error().code == ErrorCode::outside);
  CHECK(second.error().message == fmt::format("port {} is in use by `net_test` (process {})", first->address().port, ::getpid()));
  CHECK(second.error().help == "stop that process, or choose another port (0 takes a free one)");
}

TEST_CASE("addresses") {
  CHECK(Address::parse("127.0.0.1:80") == Address::tcp("127.0.0.1", 80));
  CHECK(Address::parse(":80") == Address::tcp("", 80));
  CHECK(Address::parse("[::1]:80") == Address::tcp("::1", 80));
  CHECK(Address::parse("[::1]:80")->text() == "[::1]:80");
  CHECK(Address::parse("unix:/a/b") == Address::unix_socket("/a/b"));
  for (const char* bad : {"", "a", "a:", "a:x", "a:99999", "::1:80", "unix:"}) {
    CAPTURE(bad);
    const auto parsed = Address::parse(bad);
    REQUIRE_FALSE(parsed);
    CHECK(parsed.error().message == fmt::format("`{}` is not an address", bad));
  }
  const auto too_long = SocketAddress::resolve(Address::unix_socket(std::string(200, 'a')));
  REQUIRE_FALSE(too_long);
  CHECK(too_long.error().code == ErrorCode::usage);
}
