#include "load/load.h"

#include "unit/load/scripted_server.h"

#include <doctest/doctest.h>

#include <cmath>
#include <mutex>
#include <set>

using namespace mops::load;
using mops::ErrorCode;
using mops::load_test::ScriptedServer;
using std::chrono::milliseconds;

namespace {

LoadPlan plan_for(const ScriptedServer& server) {
  return {.port = server.port(), .path = "/v2/models/m/infer", .bodies = {"{}"}, .rate_per_second = 200, .duration = milliseconds(500)};
}

LoadReport run(const LoadPlan& plan) {
  auto report = run_load(plan);
  REQUIRE_MESSAGE(report.has_value(), report.error().message);
  return std::move(*report);
}

double milliseconds_at(const mops::stats::FineHistogram& histogram, double q) { return static_cast<double>(histogram.quantile(q)) / 1e6; }

}  // namespace

TEST_CASE("an open loop sends what it was told, and times it") {
  std::mutex mutex;
  std::multiset<std::string> seen;
  ScriptedServer server([&](const std::string& request, uint64_t) {
    {
      const std::lock_guard lock(mutex);
      seen.insert(request);
    }
    std::this_thread::sleep_for(milliseconds(20));
    return ScriptedServer::ok();
  });
  LoadPlan plan = plan_for(server);
  plan.bodies = {"{\"a\":1}", "[2]"};
  plan.headers = {{"X-Trace", "t"}};
  plan.warmup = milliseconds(250);
  const LoadReport report = run(plan);
  CHECK(report.requests == 100);
  CHECK(report.warmup_requests == 50);
  CHECK(report.errors.all() == 0);
  CHECK(report.first_error == "");
  CHECK(report.latency.count() == 100);
  CHECK(report.latency.min() >= 20'000'000);
  CHECK(milliseconds_at(report.latency, 0.5) == doctest::Approx(20.5).epsilon(0.1));
  CHECK(report.throughput > 150);
  CHECK(report.throughput <= 200);
  CHECK(server.requests() == 150);
  CHECK(server.connections() <= 32);
  const std::string head = "POST /v2/models/m/infer HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(server.port()) +
                           "\r\nContent-Type: application/json\r\nX-Trace: t\r\nContent-Length: ";
  CHECK(seen.count(head + "7\r\n\r\n{\"a\":1}") == 75);
  CHECK(seen.count(head + "3\r\n\r\n[2]") == 75);
}

TEST_CASE("one connection is enough while the server is fast") {
  ScriptedServer server([](const std::string&, uint64_t) { return ScriptedServer::ok(); });
  LoadPlan plan = plan_for(server);
  plan.rate_per_second = 50;
  const LoadReport report = run(plan);
  CHECK(report.requests == 25);
  CHECK(server.connections() <= 3);
}

TEST_CASE("a server that stands still for a second is seen by those who would have come in that second") {
  const auto begin = std::chrono::steady_clock::now();
  ScriptedServer server([&](const std::string&, uint64_t) {
    const auto since = std::chrono::steady_clock::now() - begin;
    if (since > milliseconds(400) && since < milliseconds(1400)) std::this_thread::sleep_until(begin + milliseconds(1400));
    return ScriptedServer::ok();
  });
  LoadPlan plan = plan_for(server);
  plan.duration = milliseconds(2000);
  plan.connections = 2;
  const LoadReport report = run(plan);
  CHECK(report.requests == 400);
  CHECK(report.errors.all() == 0);
  // Half of the 2 s were a freeze, so the longest half of the waits lies evenly between 0 and 1 s.
  CHECK(milliseconds_at(report.latency, 0.25) < 100);
  CHECK(milliseconds_at(report.latency, 0.75) == doctest::Approx(500).epsilon(0.15));
  CHECK(milliseconds_at(report.latency, 0.99) == doctest::Approx(980).epsilon(0.07));
  // Those two that were on their way are all that a closed-loop tool would have seen.
  CHECK(milliseconds_at(report.uncorrected, 0.98) < 100);
  CHECK(milliseconds_at(report.uncorrected, 1) > 900);
}

TEST_CASE("a closed loop keeps its connections busy") {
  ScriptedServer server([](const std::string&, uint64_t) {
    std::this_thread::sleep_for(milliseconds(10));
    return ScriptedServer::ok();
  });
  LoadPlan plan = plan_for(server);
  plan.rate_per_second.reset();
  plan.connections = 4;
  plan.method = "GET";
  plan.bodies.clear();
  plan.warmup = milliseconds(100);
  const LoadReport report = run(plan);
  CHECK(server.connections() == 4);
  CHECK(report.errors.all() == 0);
  CHECK(report.throughput > 200);
  CHECK(report.throughput < 400.5);
  CHECK(report.latency == report.uncorrected);
  CHECK(report.latency.min() >= 10'000'000);
  CHECK(report.send_delay.count() == 0);
  CHECK(report.requests + report.warmup_requests == server.requests());
}

TEST_CASE("failures by kind") {
  SUBCASE("statuses") {
    ScriptedServer server([](const std::string&, uint64_t number) {
      const int codes[] = {200, 302, 404, 503};
      return ScriptedServer::status(codes[number % 4]);
    });
    const LoadReport report = run(plan_for(server));
    CHECK(report.requests == 100);
    CHECK(report.errors.status_3xx == 25);
    CHECK(report.errors.status_4xx == 25);
    CHECK(report.errors.status_5xx == 25);
    CHECK(report.errors.all() == 75);
    CHECK(report.latency.count() == 25);
    CHECK(report.first_error == "status 302");
  }
  SUBCASE("some get no answer") {
    ScriptedServer server([](const std::string&, uint64_t number) { return number % 10 == 9 ? ScriptedServer::Reply{} : ScriptedServer::ok(); });
    LoadPlan plan = plan_for(server);
    plan.timeout = milliseconds(100);
    const LoadReport report = run(plan);
    CHECK(report.requests == 100);
    CHECK(report.errors.timeout == 10);
    CHECK(report.errors.all() == 10);
    CHECK(report.latency.count() == 90);
    CHECK(report.first_error == "no answer in time");
    CHECK(report.seconds < 0.8);
  }
  SUBCASE("a server that hangs costs each request its timeout, and no more") {
    ScriptedServer server([](const std::string&, uint64_t number) { return number > 0 ? ScriptedServer::Reply{} : ScriptedServer::ok(); });
    LoadPlan plan = plan_for(server);
    plan.timeout = milliseconds(100);
    plan.connections = 3;
    const LoadReport report = run(plan);
    CHECK(report.requests == 100);
    CHECK(report.errors.timeout == 99);
    CHECK(report.seconds < 0.8);
  }
  SUBCASE("no HTTP") {
    ScriptedServer server([](const std::string&, uint64_t number) {
      return number % 2 == 0 ? ScriptedServer::ok() : ScriptedServer::Reply{.bytes = "SSH-2.0-OpenSSH_9.2\r\n\r\n"};
    });
    const LoadReport report = run(plan_for(server));
    CHECK(report.errors.malformed == 50);
    CHECK(report.errors.all() == 50);
    CHECK(report.first_error == "the status line is damaged");
  }
  SUBCASE("torn answers") {
    ScriptedServer server([](const std::string&, uint64_t number) {
      return number % 2 == 0 ? ScriptedServer::ok()
                             : ScriptedServer::Reply{.bytes = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{", .then = ScriptedServer::Then::close};
    });
    const LoadReport report = run(plan_for(server));
    CHECK(report.errors.reset == 50);
    CHECK(report.errors.all() == 50);
    CHECK(report.first_error == "the connection ended inside of an answer");
  }
}

TEST_CASE("a server that never answers is told, and at the first request where that shows it") {
  const auto told = [](LoadPlan plan) {
    const auto begin = std::chrono::steady_clock::now();
    const auto report = run_load(plan);
    REQUIRE_FALSE(report.has_value());
    CHECK(report.error().code == ErrorCode::outside);
    CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(5));
    return report.error().message;
  };
  const auto address = [](uint16_t port) { return "no answer from 127.0.0.1:" + std::to_string(port) + ": "; };
  constexpr auto k_long = std::chrono::minutes(10);
  SUBCASE("nobody listens") {
    uint16_t port = 0;
    {
      ScriptedServer gone([](const std::string&, uint64_t) { return ScriptedServer::ok(); });
      port = gone.port();
    }
    LoadPlan plan{.port = port, .duration = k_long};
    CHECK(told(plan) == address(port) + "cannot connect: connection refused");
    plan.rate_per_second = 100;
    CHECK(told(plan) == address(port) + "cannot connect: connection refused");
  }
  SUBCASE("no HTTP") {
    ScriptedServer server([](const std::string&, uint64_t) { return ScriptedServer::Reply{.bytes = "SSH-2.0-OpenSSH_9.2\r\n\r\n"}; });
    LoadPlan plan = plan_for(server);
    plan.duration = k_long;
    CHECK(told(plan) == address(server.port()) + "the status line is damaged");
  }
  SUBCASE("TLS") {
    ScriptedServer server([](const std::string&, uint64_t) {
      return ScriptedServer::Reply{.bytes = {"\x15\x03\x01\x00\x02\x02\x46", 7}, .then = ScriptedServer::Then::close};
    });
    LoadPlan plan = plan_for(server);
    plan.duration = k_long;
    CHECK(told(plan) == address(server.port()) + "the server speaks TLS");
  }
  SUBCASE("it closes") {
    ScriptedServer server([](const std::string&, uint64_t) { return ScriptedServer::Reply{.bytes = "", .then = ScriptedServer::Then::close}; });
    LoadPlan plan = plan_for(server);
    plan.duration = k_long;
    CHECK(told(plan) == address(server.port()) + "the connection was closed before the answer");
  }
  SUBCASE("it hangs") {
    ScriptedServer server([](const std::string&, uint64_t) { return ScriptedServer::Reply{}; });
    LoadPlan plan = plan_for(server);
    plan.timeout = milliseconds(100);
    CHECK(told(plan) == address(server.port()) + "no answer in time");
  }
}

TEST_CASE("a server that goes away in the middle") {
  auto server = std::make_unique<ScriptedServer>([](const std::string&, uint64_t) { return ScriptedServer::ok(); });
  LoadPlan plan = plan_for(*server);
  SUBCASE("open loop") {}
  SUBCASE("closed loop") {
    plan.rate_per_second.reset();
    plan.connections = 2;
  }
  const auto report = run_load(plan, {}, [&](std::chrono::duration<double>, const LoadReport& so_far) {
    if (so_far.requests > 10) server.reset();
  });
  REQUIRE(report.has_value());
  CHECK(report->errors.connect > 0);
  CHECK(report->errors.connect + report->errors.reset == report->errors.all());
  CHECK(report->latency.count() == report->requests - report->errors.all());
  // Nobody spins on a closed door.
  if (!plan.rate_per_second) CHECK(report->errors.connect < 100);
}

TEST_CASE("a HEAD request has an answer without a body") {
  ScriptedServer server([](const std::string&, uint64_t) { return ScriptedServer::Reply{.bytes = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n"}; });
  LoadPlan plan = plan_for(server);
  plan.method = "HEAD";
  plan.bodies.clear();
  const LoadReport report = run(plan);
  CHECK(report.errors.all() == 0);
  CHECK(report.latency.count() == 100);
}

TEST_CASE("all ways in which an answer can be framed") {
  using Reply = ScriptedServer::Reply;
  constexpr auto k_close = ScriptedServer::Then::close;
  const Reply replies[] = {
      ScriptedServer::ok(std::string(100'000, 'x')),
      {.bytes = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx"},
      {.bytes = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"},
      {.bytes = "HTTP/1.1 204 No Content\r\n\r\n"},
      {.bytes = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}", .then = k_close},
      {.bytes = "HTTP/1.0 200 OK\r\n\r\nuntil the end", .then = k_close},
  };
  ScriptedServer server([&](const std::string&, uint64_t number) { return replies[number % 6]; });
  const LoadReport report = run(plan_for(server));
  CHECK(report.requests == 100);
  CHECK(report.errors.all() == 0);
  CHECK(report.first_error == "");
}

TEST_CASE("a kept connection that the server gave up is replaced, and the request sent once more") {
  ScriptedServer server([](const std::string&, uint64_t number) {
    if (number % 2 == 1) return ScriptedServer::Reply{.bytes = "", .then = ScriptedServer::Then::close};
    return ScriptedServer::ok();
  });
  LoadPlan plan = plan_for(server);
  plan.rate_per_second.reset();
  plan.connections = 1;
  plan.duration = milliseconds(100);
  const LoadReport report = run(plan);
  CHECK(report.errors.all() == 0);
  CHECK(report.reconnects > 0);
  CHECK(report.requests + report.reconnects == server.requests());
}

TEST_CASE("stopping") {
  SUBCASE("while it runs") {
    std::stop_source source;
    ScriptedServer server([&](const std::string&, uint64_t number) {
      if (number == 5) source.request_stop();
      return ScriptedServer::ok();
    });
    LoadPlan plan = plan_for(server);
    plan.duration = std::chrono::minutes(10);
    const auto report = run_load(plan, source.get_token());
    REQUIRE(report.has_value());
    CHECK(report->interrupted);
    CHECK(report->latency.count() >= 5);
    CHECK(report->requests == report->latency.count());
    CHECK(report->seconds < 10);
    CHECK(report->throughput > 0);
  }
  SUBCASE("before it runs") {
    std::stop_source source;
    source.request_stop();
    ScriptedServer server([](const std::string&, uint64_t) { return ScriptedServer::ok(); });
    const auto report = run_load(plan_for(server), source.get_token());
    REQUIRE(report.has_value());
    CHECK(report->interrupted);
    CHECK(report->requests == 0);
    CHECK(server.requests() == 0);
  }
}

TEST_CASE("plans that cannot be sent") {
  const auto refusal = [](LoadPlan plan) {
    const auto report = run_load(plan);
    return report ? "sent" : report.error().message;
  };
  CHECK(refusal({.path = "x"}) == "found path `x`, expected one that begins with `/`, percent-encoded");
  CHECK(refusal({.path = "/a b"}) == "found path `/a b`, expected one that begins with `/`, percent-encoded");
  CHECK(refusal({.method = "PO ST"}) == "found method `PO ST`, expected a word");
  CHECK(refusal({.headers = {{"X", "a\r\nY: b"}}}) == "header `X` cannot be sent");
  CHECK(refusal({.headers = {{"content-length", "3"}}}) == "header `content-length` is written by the generator");
  CHECK(refusal({.method = "CONNECT"}) == "method `CONNECT` opens a tunnel, and has no answer to measure");
  CHECK(refusal({.rate_per_second = 0.0}) == "found 0 requests a second, expected more than 0, and at most 10000000");
  CHECK(refusal({.rate_per_second = std::nan("")}) == "found nan requests a second, expected more than 0, and at most 10000000");
  CHECK(refusal({.connections = 0}) == "found 0 connections, expected 1 to 100000");
  CHECK(refusal({.duration = milliseconds(0)}) == "durations must be longer than 0");
}
