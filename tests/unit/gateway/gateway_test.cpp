#include "gateway/gateway.h"

#include "fakes/http_upstream.h"

#include <atomic>
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <future>
#include <latch>
#include <thread>

using namespace mops;
using namespace mops::gateway;
using fakes::HttpUpstream;
using fakes::PlainSocket;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

std::unique_ptr<Gateway> start(GatewayOptions options = {}) {
  auto gateway = Gateway::start(net::Address::tcp("127.0.0.1", 0), options);
  REQUIRE(gateway);
  return std::move(*gateway);
}

RouteTable to(std::string version, std::vector<uint16_t> ports, uint64_t generation = 1) {
  ModelRoute route{.model = "m", .generation = generation, .primary = {.payload = "payload-" + version, .version = version}};
  for (const uint16_t port : ports) route.primary.endpoints.push_back({"127.0.0.1", port});
  return {.generation = generation, .models = {route}};
}

std::string infer(std::string_view body, std::string_view more = {}) {
  return fmt::format("POST /v2/models/m/infer HTTP/1.1\r\nHost: h\r\nX-Request-Id: id-1\r\n{}Content-Length: {}\r\n\r\n{}", more, body.size(), body);
}

std::string ask(const Gateway& gateway, std::string_view request) {
  PlainSocket client = PlainSocket::connect(gateway.address().port);
  client.send(request);
  return client.read_message();
}

/// A port that nobody listens on.
uint16_t dead_port() {
  HttpUpstream upstream([](PlainSocket&, int) {});
  return upstream.port();
}

constexpr std::string_view k_ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

}  // namespace

TEST_CASE("a request passes through untouched, without the fields of one hop") {
  std::string seen;
  HttpUpstream upstream([&](PlainSocket& socket, int) {
    seen = socket.read_message();
    socket.send("HTTP/1.1 200 Fine\r\nServer: s\r\nConnection: x-hop\r\nx-hop: 1\r\nX-Request-Id: other\r\nx-mops-served-by: liar\r\n"
                "Content-Length: 2\r\n\r\nok");
    socket.receive();
  });
  const auto gateway = start();
  REQUIRE(gateway->swap(to("1.0.0", {upstream.port()})));
  CHECK(ask(*gateway, infer("{\"a\":1}", "Connection: x-private\r\nx-private: 1\r\nKeep-Alive: 5\r\nTE: trailers\r\ntraceparent: 00-1\r\n")) ==
        "HTTP/1.1 200 Fine\r\nServer: s\r\nContent-Length: 2\r\nX-Request-Id: id-1\r\nx-mops-served-by: 1.0.0\r\n\r\nok");
  CHECK(seen == "POST /v2/models/m/infer HTTP/1.1\r\nHost: h\r\ntraceparent: 00-1\r\nX-Request-Id: id-1\r\nContent-Length: 7\r\n\r\n{\"a\":1}");
  const GatewayStats stats = gateway->stats();
  REQUIRE(stats.versions.size() == 1);
  CHECK(stats.versions[0].requests == 1);
  CHECK(stats.versions[0].latency.count() == 1);
  CHECK(stats.versions[0].in_flight == 0);
}

TEST_CASE("what the gateway answers itself") {
  const auto gateway = start();
  CHECK(ask(*gateway, "GET /v2/health/live HTTP/1.1\r\nHost: h\r\nX-Request-Id: i\r\n\r\n") ==
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-Request-Id: i\r\n\r\n");
  CHECK(ask(*gateway, "GET /v2/health/ready HTTP/1.1\r\nHost: h\r\n\r\n").starts_with("HTTP/1.1 503 "));
  CHECK(ask(*gateway, infer("{}")).ends_with("\r\n\r\n{\"error\":\"the model `m` is not served here; no model is\"}"));
  REQUIRE(gateway->swap(to("1.0.0", {})));
  CHECK(ask(*gateway, "GET /v2/health/ready HTTP/1.1\r\nHost: h\r\n\r\n").starts_with("HTTP/1.1 200 "));
  CHECK(ask(*gateway, infer("{}")).ends_with("\r\n\r\n{\"error\":\"version `1.0.0` of the model `m` is not ready\"}"));
  CHECK(ask(*gateway, "GET /v2/models/n HTTP/1.1\r\nHost: h\r\n\r\n").ends_with("{\"error\":\"the model `n` is not served here; found `m`\"}"));
  CHECK(ask(*gateway, "GET /v2/models/m/versions/2/ready HTTP/1.1\r\nHost: h\r\n\r\n")
            .ends_with("{\"error\":\"version `2` of the model `m` is not served here; found `1.0.0`\"}"));
  CHECK(ask(*gateway, "GET /metrics HTTP/1.1\r\nHost: h\r\n\r\n").find("mops_rejected_requests_total{code=\"404\"} 3\n") != std::string::npos);
  CHECK(ask(*gateway, "POST /metrics HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n").starts_with("HTTP/1.1 405 "));
  CHECK(ask(*gateway, "GET / HTTP/1.1\r\n\r\n").ends_with("Connection: close\r\n\r\n{\"error\":\"Host is missing\"}"));
}

TEST_CASE("an idle connection that the model closes costs no request") {
  // The close and the next request come to the gateway in one turn of its loop, or nearly so.
  std::atomic<int> closed{0};
  HttpUpstream upstream([&](PlainSocket& socket, int) {
    socket.read_message();
    socket.send(k_ok);
    ::shutdown(socket.fd(), SHUT_RDWR);
    ++closed;
  });
  const auto gateway = start();
  REQUIRE(gateway->swap(to("1.0.0", {upstream.port()})));
  PlainSocket client = PlainSocket::connect(gateway->address().port);
  constexpr int k_requests = 300;
  for (int i = 0; i < k_requests; ++i) {
    while (closed < i) std::this_thread::yield();
    client.send(infer("{}"));
    CHECK(client.read_message().starts_with("HTTP/1.1 200 OK\r\n"));
  }
  CHECK(upstream.connections() == k_requests);
  CHECK(gateway->stats().versions[0].requests == k_requests);
  CHECK(gateway->stats().versions[0].failed == 0);
}

TEST_CASE("a request that the model may have begun is not sent again") {
  for (const bool with_reset : {false, true}) {
    CAPTURE(with_reset);
    std::atomic<int> seen{0};
    HttpUpstream upstream([&](PlainSocket& socket, int) {
      socket.read_message();
      ++seen;
      socket.send(k_ok);
      if (!socket.receive()) return;
      ++seen;
      const linger abrupt{.l_onoff = with_reset ? 1 : 0, .l_linger = 0};
      ::setsockopt(socket.fd(), SOL_SOCKET, SO_LINGER, &abrupt, sizeof(abrupt));
    });
    const auto gateway = start();
    REQUIRE(gateway->swap(to("1.0.0", {upstream.port()})));
    PlainSocket client = PlainSocket::connect(gateway->address().port);
    client.send(infer("{}"));
    CHECK(client.read_message().starts_with("HTTP/1.1 200 OK\r\n"));
    client.send(infer("{}"));
    CHECK(client.read_message().starts_with("HTTP/1.1 502 Bad Gateway\r\n"));
    CHECK(seen == 2);
    CHECK(gateway->stats().versions[0].retried == 0);
  }
}

TEST_CASE("endpoints that fail") {
  const auto gateway = start({.exchange = {.answer_timeout = milliseconds(50)}});
  SUBCASE("another one answers") {
    HttpUpstream upstream(HttpUpstream::answers("ok"));
    REQUIRE(gateway->swap(to("1.0.0", {dead_port(), upstream.port()})));
    for (int i = 0; i < 4; ++i) CHECK(ask(*gateway, infer("{}")).starts_with("HTTP/1.1 200 "));
  }
  SUBCASE("no other one") {
    REQUIRE(gateway->swap(to("1.0.0", {dead_port()})));
    CHECK(ask(*gateway, infer("{}")).ends_with("\r\n\r\n{\"error\":\"the model could not be reached\"}"));
    CHECK(gateway->stats().versions[0].failed == 1);
  }
  SUBCASE("silence") {
    HttpUpstream upstream([](PlainSocket& socket, int) { socket.waits_for_close(); });
    REQUIRE(gateway->swap(to("1.0.0", {upstream.port()})));
    CHECK(ask(*gateway, infer("{}")).ends_with("\r\n\r\n{\"error\":\"the model did not answer in time\"}"));
  }
  SUBCASE("garbage") {
    HttpUpstream upstream([](PlainSocket& socket, int) {
      socket.read_message();
      socket.send("HTTP/1.1 200 OK\nContent-Length: 2\n\nok");
    });
    REQUIRE(gateway->swap(to("1.0.0", {upstream.port()})));
    CHECK(ask(*gateway, infer("{}")).starts_with("HTTP/1.1 502 "));
  }
  SUBCASE("a torn answer is not mistaken for a whole one") {
    HttpUpstream upstream([](PlainSocket& socket, int) {
      socket.read_message();
      socket.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n");
    });
    REQUIRE(gateway->swap(to("1.0.0", {upstream.port()})));
    PlainSocket client = PlainSocket::connect(gateway->address().port);
    client.send(infer("{}"));
    CHECK(client.read_all().find("\r\n0\r\n") == std::string::npos);
    CHECK(gateway->stats().versions[0].failed == 1);
  }
}

TEST_CASE("bodies in all forms") {
  HttpUpstream upstream([](PlainSocket& socket, int) {
    while (true) {
      const std::string head = socket.read_until("\r\n\r\n");
      if (!head.ends_with("\r\n\r\n")) return;
      std::string body;
      const size_t at = head.find("Content-Length: ");
      if (at != std::string::npos) {
        body = socket.read_exactly(std::stoul(head.substr(at + 16)));
      } else if (head.find("Transfer-Encoding: chunked") != std::string::npos) {
        while (const size_t size = std::stoul(socket.read_until("\r\n"), nullptr, 16)) {
          body += socket.read_exactly(size);
          socket.read_exactly(2);
        }
        socket.read_exactly(2);
      }
      // Answers in chunks, as many bytes as it got.
      socket.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
      for (size_t from = 0; from < body.size(); from += 50'000) {
        const std::string piece = body.substr(from, 50'000);
        socket.send(fmt::format("{:x}\r\n{}\r\n", piece.size(), piece));
      }
      socket.send("0\r\n\r\n");
    }
  });
  const auto gateway = start();
  REQUIRE(gateway->swap(to("1.0.0", {upstream.port()})));
  const auto read_chunked = [](PlainSocket& client) {
    client.read_until("\r\n\r\n");
    std::string body;
    while (true) {
      const std::string line = client.read_until("\r\n");
      const size_t size = line.empty() ? 0 : std::stoul(line, nullptr, 16);
      if (size == 0) break;
      body += client.read_exactly(size);
      client.read_exactly(2);
    }
    client.read_exactly(2);
    return body;
  };
  PlainSocket client = PlainSocket::connect(gateway->address().port);
  for (const size_t size : {size_t{3}, size_t{20'000}, size_t{200'000}, size_t{256 * 1024}, size_t{256 * 1024 + 1}, size_t{5'000'000}}) {
    CAPTURE(size);
    std::string body(size, 'x');
    for (size_t i = 0; i < size; i += 97) body[i] = static_cast<char>('a' + i % 26);
    // Writing and reading at once: both directions have backpressure.
    std::thread writer([&] { client.send(infer(body)); });
    CHECK(read_chunked(client) == body);
    writer.join();
    writer = std::thread([&] {
      client.send("POST /v2/models/m/infer HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
      for (size_t from = 0; from < size; from += 70'001) {
        const std::string piece = body.substr(from, 70'001);
        client.send(fmt::format("{:x};x=y\r\n{}\r\n", piece.size(), piece));
      }
      client.send("0\r\nX-Trailer: 1\r\n\r\n");
    });
    CHECK(read_chunked(client) == body);
    writer.join();
  }
  CHECK(gateway->stats().streamed == 4);
  PlainSocket old = PlainSocket::connect(gateway->address().port);
  old.send("POST /v2/models/m/infer HTTP/1.0\r\nContent-Length: 2\r\n\r\nab");
  const std::string answer = old.read_all();
  CHECK(answer.find("Transfer-Encoding") == std::string::npos);
  CHECK(answer.ends_with("\r\nConnection: close\r\n\r\nab"));
  client.send(infer("xyz", "Expect: 100-continue\r\n").substr(0, infer("xyz", "Expect: 100-continue\r\n").size() - 3));
  CHECK(client.read_until("\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("xyz");
  CHECK(read_chunked(client) == "xyz");
}

TEST_CASE("pipelined requests, HEAD and answers until close") {
  HttpUpstream upstream([](PlainSocket& socket, int) {
    std::string request = socket.read_message();
    if (request.starts_with("HEAD")) {
      socket.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
      request = socket.read_message();
    }
    if (request.starts_with("GET")) socket.send("HTTP/1.1 200 OK\r\n\r\nuntil the end");
  });
  const auto gateway = start();
  REQUIRE(gateway->swap(to("1.0.0", {upstream.port()})));
  PlainSocket client = PlainSocket::connect(gateway->address().port);
  client.send("HEAD /v2/models/m HTTP/1.1\r\nHost: h\r\nX-Request-Id: 1\r\n\r\nGET /v2/models/m HTTP/1.1\r\nHost: h\r\nX-Request-Id: 2\r\n\r\n");
  CHECK(client.read_until("\r\n\r\n") == "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\nX-Request-Id: 1\r\nx-mops-served-by: 1.0.0\r\n\r\n");
  CHECK(client.read_until("end\r\n0\r\n\r\n") ==
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-Request-Id: 2\r\nx-mops-served-by: 1.0.0\r\n\r\nd\r\nuntil the end\r\n0\r\n\r\n");
}

TEST_CASE("a client that goes in the middle takes its upstream along") {
  std::promise<bool> dropped;
  std::promise<void> arrived;
  HttpUpstream upstream([&](PlainSocket& socket, int) {
    socket.read_message();
    arrived.set_value();
    dropped.set_value(socket.waits_for_close());
  });
  const auto gateway = start();
  REQUIRE(gateway->swap(to("1.0.0", {upstream.port()})));
  PlainSocket client = PlainSocket::connect(gateway->address().port);
  client.send(infer("{}"));
  arrived.get_future().wait();
  CHECK_FALSE(gateway->wait_drained("payload-1.0.0", milliseconds(1)));
  client.close();
  CHECK(dropped.get_future().get());
  CHECK(gateway->wait_drained("payload-1.0.0", seconds(5)));
  CHECK(gateway->stats().versions[0].codes == std::vector<std::pair<uint32_t, uint64_t>>{{499, 1}});
}

TEST_CASE("stopping finishes what is in flight and refuses the rest") {
  std::latch release(1);
  std::promise<void> arrived;
  HttpUpstream upstream([&](PlainSocket& socket, int) {
    socket.read_message();
    arrived.set_value();
    release.wait();
    socket.send(k_ok);
  });
  const auto gateway = start();
  REQUIRE(gateway->swap(to("1.0.0", {upstream.port()})));
  PlainSocket busy = PlainSocket::connect(gateway->address().port);
  PlainSocket idle = PlainSocket::connect(gateway->address().port);
  idle.send("GET /v2/health/live HTTP/1.1\r\nHost: h\r\n\r\n");
  idle.read_message();
  busy.send(infer("{}"));
  arrived.get_future().wait();
  auto stopped = std::async(std::launch::async, [&] { return gateway->stop(seconds(5)); });
  CHECK(idle.waits_for_close());
  release.count_down();
  const std::string answer = busy.read_all();
  CHECK(answer.starts_with("HTTP/1.1 200 OK\r\n"));
  CHECK(answer.find("Connection: close\r\n") != std::string::npos);
  busy.close();
  CHECK(stopped.get());
  CHECK_FALSE(PlainSocket::connect(gateway->address().port).good());
}

TEST_CASE("a slow head is refused in time") {
  const auto gateway = start({.head_timeout = milliseconds(30)});
  PlainSocket client = PlainSocket::connect(gateway->address().port);
  client.send("GET / HTTP/1.1\r\nHo");
  CHECK(client.read_all().starts_with("HTTP/1.1 408 "));
}

TEST_CASE("no request fails while the route is swapped under load") {
  HttpUpstream one(HttpUpstream::answers("one"));
  HttpUpstream two(HttpUpstream::answers("two"));
  for (const size_t threads : {size_t{1}, size_t{2}}) {
    const auto gateway = start({.threads = threads});
    REQUIRE(gateway->swap(to("1.0.0", {one.port()})));
    std::atomic<bool> over{false};
    std::atomic<int> good{0};
    std::atomic<int> bad{0};
    std::vector<std::thread> clients;
    for (int i = 0; i < 8; ++i) {
      clients.emplace_back([&] {
        PlainSocket client = PlainSocket::connect(gateway->address().port);
        while (!over) {
          client.send(infer("{}"));
          const std::string answer = client.read_message();
          const bool matches = answer.find("served-by: 1.0.0\r\n\r\none") != std::string::npos || answer.find("served-by: 2.0.0\r\n\r\ntwo") != std::string::npos;
          ++(answer.starts_with("HTTP/1.1 200 ") && matches ? good : bad);
        }
      });
    }
    for (uint64_t i = 0; i < 200; ++i) {
      REQUIRE(gateway->swap(i % 2 ? to("1.0.0", {one.port()}, i) : to("2.0.0", {two.port()}, i)));
      CHECK(gateway->wait_drained(i % 2 ? "payload-2.0.0" : "payload-1.0.0", seconds(5)));
      const int before = good;
      while (good < before + 5 && bad == 0) std::this_thread::yield();
    }
    over = true;
    for (std::thread& client : clients) client.join();
    CHECK(bad == 0);
    // One version's numbers alone are those among all.
    for (const VersionStats& stats : gateway->stats().versions) {
      const VersionStats alone = gateway->stats_of(stats.model, stats.payload);
      CHECK(alone.version == stats.version);
      CHECK(alone.requests == stats.requests);
      CHECK(alone.latency.count() == stats.latency.count());
    }
    CHECK(gateway->stats_of("m", "never on a route").requests == 0);
    CHECK(good >= 1000);
    CHECK(gateway->stop(seconds(5)));
    uint64_t requests = 0;
    for (const VersionStats& version : gateway->stats().versions) {
      requests += version.requests;
      CHECK(version.failed == 0);
    }
    CHECK(requests == static_cast<uint64_t>(good));
  }
}
