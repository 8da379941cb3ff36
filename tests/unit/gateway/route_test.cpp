#include "gateway/route.h"

#include "gateway/counters.h"

#include <doctest/doctest.h>

using namespace mops::gateway;

TEST_CASE("paths") {
  const auto model = [](std::string_view name, std::string_view version) {
    return RequestPath{.kind = PathKind::model, .model = name, .version = version};
  };
  CHECK(read_path("/v2/health/live").kind == PathKind::live);
  CHECK(read_path("/v2/health/ready").kind == PathKind::ready);
  CHECK(read_path("/v2").kind == PathKind::server);
  CHECK(read_path("/metrics").kind == PathKind::metrics);
  CHECK(read_path("/v2/models/m") == model("m", ""));
  CHECK(read_path("/v2/models/m/infer") == model("m", ""));
  CHECK(read_path("/v2/models/m/versions/1.2.0") == model("m", "1.2.0"));
  CHECK(read_path("/v2/models/m/versions/1.2.0/infer") == model("m", "1.2.0"));
  for (const char* unknown : {"/", "", "/v1", "/v2/", "/v2/models", "/v2/models/", "/v2/models//infer", "/v2/models/m/", "/v2/models/../m",
                              "/v2/models/m/versions", "/v2/models/m/%2e%2e/n", "/v2/models/m/./infer", "/v2/models/m/versions//infer"}) {
    CAPTURE(unknown);
    CHECK(read_path(unknown) == RequestPath{});
  }
}

TEST_CASE("shares are dealt evenly") {
  Dealer dealer({3, 1, 0});
  std::string dealt;
  for (int i = 0; i < 8; ++i) dealt += static_cast<char>('a' + dealer.next());
  CHECK(dealt == "aabaaaba");
  CHECK(Dealer({0, 0}).next() == 0);
}

TEST_CASE("keys stick, spread by the shares, and move only to what grows") {
  const Dealer before({90, 5, 5});
  const Dealer after({50, 45, 5});
  size_t counts[3] = {};
  size_t moved = 0;
  constexpr size_t k_keys = 20'000;
  for (size_t i = 0; i < k_keys; ++i) {
    const std::string key = "user-" + std::to_string(i);
    const size_t at = before.of(key);
    CHECK(at == before.of(key));
    ++counts[at];
    const size_t then = after.of(key);
    moved += then != at ? 1 : 0;
    CHECK((at == 0 || then >= 1));
  }
  CHECK(counts[0] == doctest::Approx(0.90 * k_keys).epsilon(0.02));
  CHECK(counts[1] == doctest::Approx(0.05 * k_keys).epsilon(0.1));
  CHECK(moved == doctest::Approx(0.40 * k_keys).epsilon(0.05));
  CHECK(Dealer({0, 0}).of("x") == 0);
  CHECK(Dealer({0, 3}).of("x") == 1);
}

TEST_CASE("tables that contradict themselves are refused") {
  const ModelRoute good{.model = "m", .primary = {.payload = "p", .version = "1.0.0", .endpoints = {{"127.0.0.1", 1}}}};
  CHECK(validate({.models = {good}}));
  const auto refused = [](const RouteTable& table) {
    const auto result = validate(table);
    return result ? std::string() : result.error().message;
  };
  CHECK(refused({.models = {good, good}}) == "the model `m` has two routes");
  ModelRoute route = good;
  route.standby = VersionRoute{.payload = "p", .version = "0.9.0", .role = Role::standby};
  CHECK(refused({.models = {route}}) == "the route of `m` has the payload `p` twice");
  route.standby = VersionRoute{.payload = "q", .version = "0.9.0", .role = Role::candidate};
  CHECK(refused({.models = {route}}) == "the route of `m` has version `0.9.0` as standby, but its role is candidate");
  route = good;
  route.weights = {{.payload = "x", .share = 1}};
  CHECK(refused({.models = {route}}) == "the route of `m` has a weight for the payload `x`, which is not on it");
  route = good;
  route.primary.endpoints = {{"127.0.0.1", 0}};
  CHECK(refused({.models = {route}}) == "version `1.0.0` of `m` has the endpoint `127.0.0.1:0`, which nobody can dial");
}

TEST_CASE("numbers of several threads add up, and print as Prometheus reads them") {
  VersionStats version{.model = "m\"x", .payload = "p", .version = "1.0.0", .requests = 2, .failed = 1, .retried = 1, .in_flight = 1};
  version.count_code(200);
  version.count_code(502);
  version.latency.record(3'000'000);
  GatewayStats a{.generation = 7, .connections = 1, .accepted = 2, .rejected = {{404, 1}}, .versions = {version}};
  GatewayStats sum;
  sum.merge(a);
  sum.merge(a);
  CHECK(sum.versions.size() == 1);
  const std::string text = to_prometheus(sum);
  CAPTURE(text);
  CHECK(text.find("mops_requests_total{model=\"m\\\"x\",version=\"1.0.0\",code=\"200\"} 2\n") != std::string::npos);
  CHECK(text.find("mops_requests_in_flight{model=\"m\\\"x\",version=\"1.0.0\"} 2\n") != std::string::npos);
  CHECK(text.find(",le=\"0.0025\"} 0\n") != std::string::npos);
  CHECK(text.find(",le=\"0.005\"} 2\n") != std::string::npos);
  CHECK(text.find(",le=\"+Inf\"} 2\n") != std::string::npos);
  CHECK(text.find("mops_request_duration_seconds_sum{model=\"m\\\"x\",version=\"1.0.0\"} 0.006\n") != std::string::npos);
  CHECK(text.find("mops_rejected_requests_total{code=\"404\"} 2\n") != std::string::npos);
  CHECK(text.find("mops_route_generation 7\n") != std::string::npos);
}
