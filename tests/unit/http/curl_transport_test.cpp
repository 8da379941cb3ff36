#include "http/curl_transport.h"

#include "base/file_descriptor.h"
#include "fakes/temporary_folder.h"

#include <arpa/inet.h>
#include <atomic>
#include <cstring>
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <functional>
#include <mutex>
#include <sys/socket.h>
#include <sys/un.h>
#include <thread>

using namespace mops;
using namespace mops::http;
using namespace std::chrono_literals;

namespace {

/// A server that gives canned bytes: for each request (head and content-length body) what `reply` makes of it; an empty
/// reply closes the connection. Connections are served one after the other.
class CannedServer {
 public:
  using Reply = std::function<std::string(const std::string& request)>;

  explicit CannedServer(Reply reply, const std::filesystem::path& socket_path = {}) : reply_(std::move(reply)) {
    listener_.reset(socket_path.empty() ? listen_tcp() : listen_unix(socket_path));
    thread_ = std::jthread([this](const std::stop_token& stop) { serve(stop); });
  }
  ~CannedServer() {
    thread_.request_stop();
    ::shutdown(listener_.get(), SHUT_RDWR);
    const std::lock_guard lock(mutex_);
    if (connection_ >= 0) ::shutdown(connection_, SHUT_RDWR);
  }

  [[nodiscard]] std::string url(std::string_view path = "/") const { return fmt::format("http://127.0.0.1:{}{}", port_, path); }
  [[nodiscard]] uint16_t port() const { return port_; }
  std::atomic<int> connections{0};
  std::string last_request;

 private:
  int listen_tcp() {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    REQUIRE(::bind(fd, reinterpret_cast<sockaddr*>(&address), size) == 0);
    REQUIRE(::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0);
    REQUIRE(::listen(fd, 16) == 0);
    port_ = ntohs(address.sin_port);
    return fd;
  }
  static int listen_unix(const std::filesystem::path& path) {
    const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path.c_str(), sizeof(address.sun_path) - 1);
    REQUIRE(::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    REQUIRE(::listen(fd, 16) == 0);
    return fd;
  }
  void serve(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      const FileDescriptor connection(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
      if (!connection) continue;
      ++connections;
      remember(connection.get());
      serve_connection(connection.get());
      remember(-1);
    }
  }
  void remember(int connection) {
    const std::lock_guard lock(mutex_);
    connection_ = connection;
  }
  void serve_connection(int fd) {
    std::string buffer;
    char chunk[4096];
    while (true) {
      size_t head_end = buffer.find("\r\n\r\n");
      size_t length = 0;
      if (const size_t at = buffer.find("Content-Length: "); at < head_end) length = std::strtoul(buffer.c_str() + at + 16, nullptr, 10);
      if (head_end != std::string::npos && buffer.size() >= head_end + 4 + length) {
        last_request = buffer.substr(0, head_end + 4 + length);
        buffer.erase(0, head_end + 4 + length);
        const std::string reply = reply_(last_request);
        if (reply.empty() || ::send(fd, reply.data(), reply.size(), MSG_NOSIGNAL) < 0) return;
        continue;
      }
      const ssize_t n = ::recv(fd, chunk, sizeof chunk, 0);
      if (n <= 0) return;
      buffer.append(chunk, static_cast<size_t>(n));
    }
  }

  Reply reply_;
  uint16_t port_ = 0;
  FileDescriptor listener_;
  std::mutex mutex_;
  int connection_ = -1;
  std::jthread thread_;
};

CannedServer::Reply always(std::string text) {
  return [text = std::move(text)](const std::string&) { return text; };
}

const std::string k_hello = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-Two:  a b \r\n\r\nhello";

std::string message_of(const Result<Response>& response) { return response ? fmt::format("answered {}", response->status) : response.error().message; }

}  // namespace

TEST_CASE("CurlTransport sends and receives whole messages") {
  CurlTransport transport;
  SUBCASE("status, headers, body; the connection is kept") {
    CannedServer server(always(k_hello));
    for (int i = 0; i < 3; ++i) {
      const auto response = transport.send({.url = server.url("/a?b=c")}, {});
      REQUIRE_MESSAGE(response, response.error().message);
      CHECK(response->status == 200);
      CHECK(response->body == "hello");
      CHECK(find_header(response->headers, "x-two") == "a b");
    }
    CHECK(server.connections == 1);
    CHECK(server.last_request == fmt::format("GET /a?b=c HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nAccept: */*\r\nUser-Agent: mops/" MOPS_VERSION "\r\n\r\n", server.port()));
  }
  SUBCASE("methods and bodies") {
    CannedServer server(always("HTTP/1.1 204 No Content\r\n\r\n"));
    const std::string body("{\"a\":\0}", 7);
    CHECK(transport.send({.method = "POST", .url = server.url(), .headers = {{"Content-Type", "application/json"}, {"X-Empty", ""}}, .body = body}, {})->status == 204);
    CHECK(server.last_request.starts_with("POST / HTTP/1.1\r\n"));
    CHECK(server.last_request.find("Content-Type: application/json\r\n") != std::string::npos);
    CHECK(server.last_request.find("X-Empty:\r\n") != std::string::npos);
    CHECK(server.last_request.ends_with("Content-Length: 7\r\n\r\n" + body));
    CHECK(transport.send({.method = "PUT", .url = server.url()}, {})->status == 204);
    CHECK(server.last_request.find("PUT / HTTP/1.1\r\n") == 0);
    CHECK(server.last_request.find("Content-Length: 0\r\n") != std::string::npos);
    CHECK(server.last_request.find("Content-Type") == std::string::npos);
    CHECK(transport.send({.method = "DELETE", .url = server.url()}, {})->status == 204);
    CHECK(server.last_request.find("DELETE / HTTP/1.1\r\n") == 0);
    CHECK(server.last_request.find("Content-Length") == std::string::npos);
  }
  SUBCASE("HEAD has no body") {
    CannedServer server(always("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"));
    const auto response = transport.send({.method = "HEAD", .url = server.url()}, {});
    REQUIRE(response);
    CHECK(response->body.empty());
  }
  SUBCASE("redirects and errors are values") {
    CannedServer server(always("HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n"));
    CHECK(transport.send({.url = server.url()}, {})->status == 302);
  }
  SUBCASE("an interim answer is passed over") {
    CannedServer server(always("HTTP/1.1 103 Early Hints\r\nX-Early: 1\r\n\r\n" + k_hello));
    const auto response = transport.send({.url = server.url()}, {});
    REQUIRE(response);
    CHECK(response->status == 200);
    CHECK_FALSE(find_header(response->headers, "X-Early"));
  }
  SUBCASE("a Unix socket, many times at once") {
    const fakes::TemporaryFolder folder;
    CannedServer server([](const std::string&) { return std::string("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"); }, folder.path() / "s");
    std::atomic<int> answered{0};
    {
      const Request request{.url = "http://mops/x", .timeout = 20s, .unix_socket_path = (folder.path() / "s").string()};
      std::vector<std::jthread> threads;
      for (int i = 0; i < 4; ++i) threads.emplace_back([&] { answered += transport.send(request, {}) ? 1 : 0; });
    }
    CHECK(answered == 4);
    CHECK(server.last_request.starts_with("GET /x HTTP/1.1\r\nHost: mops\r\n"));
  }
}

TEST_CASE("CurlTransport says in words of people what went wrong") {
  CurlTransport transport;
  SUBCASE("connection refused") {
    uint16_t port = 0;
    { port = CannedServer(always("")).port(); }
    const auto response = transport.send({.url = fmt::format("http://127.0.0.1:{}/x", port)}, {});
    CHECK(message_of(response) == fmt::format("cannot reach `127.0.0.1:{}`: connection refused", port));
    CHECK(response.error().transient);
    CHECK(response.error().code == ErrorCode::outside);
  }
  SUBCASE("no such socket, nobody on it, no permission") {
    const fakes::TemporaryFolder folder;
    const std::string path = (folder.path() / "admin.sock").string();
    const Request request{.url = "http://mops/", .unix_socket_path = path};
    CHECK(message_of(transport.send(request, {})) == fmt::format("cannot reach the socket `{}`: no such socket", path));
    { CannedServer server(always(k_hello), path); }
    CHECK(message_of(transport.send(request, {})) == fmt::format("cannot reach the socket `{}`: nobody listens on it", path));
  }
  SUBCASE("no answer in time") {
    CannedServer server([](const std::string&) { return std::string("HTTP/1.1 200 OK\r\n"); });
    const auto response = transport.send({.url = server.url("/slow?token=t"), .timeout = 50ms}, {});
    CHECK(message_of(response) == fmt::format("`{}` did not answer within 50 ms", server.url("/slow?token=***")));
    CHECK(response.error().transient);
  }
  SUBCASE("closed too early") {
    CannedServer server(always(""));
    const std::string expected = fmt::format("`{}` closed the connection before its answer was complete", server.url());
    CHECK(message_of(transport.send({.url = server.url()}, {})) == expected);
  }
  SUBCASE("not HTTP") {
    CannedServer server(always("SSH-2.0-OpenSSH_9.2\r\n"));
    CHECK(message_of(transport.send({.url = server.url()}, {})) == fmt::format("the answer of `{}` is not HTTP", server.url()));
  }
  SUBCASE("too long") {
    CannedServer server(always(k_hello));
    CHECK(message_of(transport.send({.url = server.url(), .largest_answer = 4}, {})) == fmt::format("the answer of `{}` is longer than 4 bytes", server.url()));
  }
  SUBCASE("https on a plain port") {
    CannedServer server(always(k_hello));
    const auto response = transport.send({.url = fmt::format("https://127.0.0.1:{}/", server.port()), .timeout = 2s}, {});
    REQUIRE_FALSE(response);
    CHECK(response.error().code == ErrorCode::outside);
  }
  SUBCASE("what cannot be sent is a usage error") {
    CHECK(message_of(transport.send({.url = "example.com"}, {})) == "`example.com` is not a URL: it has no `https://` in front");
    CHECK(message_of(transport.send({.method = "GET /", .url = "http://127.0.0.1/"}, {})) == "`GET /` is not an HTTP method");
    CHECK(message_of(transport.send({.url = "http://127.0.0.1/", .headers = {{"X", "a\r\nY: b"}}}, {})) ==
          "the header `X` cannot be sent: it has a line break or a character that names may not have");
  }
  SUBCASE("a stop ends it at once") {
    std::stop_source source;
    CannedServer server([&](const std::string&) {
      source.request_stop();
      return std::string("HTTP/1.1 200 OK\r\n");
    });
    const auto response = transport.send({.url = server.url("/x")}, source.get_token());
    CHECK(message_of(response) == fmt::format("GET `{}` was interrupted", server.url("/x")));
    CHECK(response.error().code == ErrorCode::interrupted);
  }
}
