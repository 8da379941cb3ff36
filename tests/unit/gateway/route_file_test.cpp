#include "gateway/route_file.h"

#include <doctest/doctest.h>

using namespace mops;
using namespace mops::gateway;

namespace {

Result<RouteFile> read(std::string text) { return read_route_file(document::parse({.path = "routes.yaml", .text = std::move(text)})); }

std::string refused(std::string text) {
  const auto file = read(std::move(text));
  return file ? std::string("read") : file.error().message;
}

}  // namespace

TEST_CASE("a route file with everything") {
  const auto file = read(R"(format: routes/v1
listen: 127.0.0.1:8080
tls: {certificate: chain.pem, key: key.pem}
record: {folder: log, samples_per_second: 0.5, log_bytes: 2000000}
generation: 7
limits: {threads: 2, connections: 10, head_bytes: 4096, body_bytes: 1000, answer_seconds: 0.25, request_seconds: 5}
models:
  - model: churn
    generation: 3
    primary: {version: "1.2.0", payload: abc, endpoints: ["127.0.0.1:9001", "[::1]:9002"]}
    standby: {version: "1.1.0", endpoints: ["127.0.0.1:9003"]}
    candidates: [{version: "1.3.0"}]
    weights: {"1.2.0": 90, "1.3.0": 10}
    sticky_header: X-User
)");
  REQUIRE(file);
  CHECK(file->listen == net::Address::tcp("127.0.0.1", 8080));
  REQUIRE(file->certificate);
  CHECK(file->certificate->chain == "chain.pem");
  CHECK(file->certificate->key == "key.pem");
  CHECK(file->options.record.folder == "log");
  CHECK(file->options.record.samples_per_second == 0.5);
  CHECK(file->options.record.log_bytes == 2'000'000);
  CHECK(file->options.threads == 2);
  CHECK(file->options.max_connections == 10);
  CHECK(file->options.head.bytes == 4096);
  CHECK(file->options.max_body == 1000);
  CHECK(file->options.exchange.answer_timeout == std::chrono::milliseconds(250));
  CHECK(file->options.request_timeout == std::chrono::seconds(5));
  CHECK(file->options.idle_timeout == GatewayOptions().idle_timeout);
  const ModelRoute expected{
      .model = "churn",
      .generation = 3,
      .primary = {.payload = "abc", .version = "1.2.0", .endpoints = {{"127.0.0.1", 9001}, {"::1", 9002}}},
      .standby = VersionRoute{.payload = "1.1.0", .version = "1.1.0", .endpoints = {{"127.0.0.1", 9003}}, .role = Role::standby},
      .candidates = {{.payload = "1.3.0", .version = "1.3.0", .role = Role::candidate}},
      .weights = {{.payload = "abc", .share = 90}, {.payload = "1.3.0", .share = 10}},
      .sticky_header = "X-User"};
  CHECK(file->table == RouteTable{.generation = 7, .models = {expected}});
}

TEST_CASE("route files that cannot be used") {
  const std::string head = "format: routes/v1\nlisten: 127.0.0.1:8080\n";
  const std::string model = head + "models:\n  - {model: m, primary: {version: \"1\"}";
  CHECK(refused("") == "routes.yaml:1:1: the file is empty");
  CHECK(refused("format: routes/v2\n") == "routes.yaml:1:9: found format `routes/v2`, newer than `routes/v1`, the newest that this mops reads");
  CHECK(refused(head) == "routes.yaml:1:1: `models` is missing");
  CHECK(refused(head + "port: 1\nmodels: []\n") == "routes.yaml:3:1: unknown key `port`");
  CHECK(refused(model + ", weights: {\"2\": 1}}\n") == "routes.yaml:4:56: version `2` has a weight, but is not on the route");
  CHECK(refused(model + "}\n  - {model: m, primary: {version: \"1\"}}\n") == "routes.yaml:5:5: the model `m` has two routes");
  CHECK(refused(model + ", sticky_header: \"a b\"}\n") == "routes.yaml:4:5: `a b` cannot be the name of a header");
  CHECK(refused(head + "models:\n  - {model: m, primary: {version: \"1\", endpoints: [here]}}\n") == "routes.yaml:4:52: `here` is not an address");
  CHECK(refused(head + "limits: {idle_seconds: 0}\nmodels: []\n") == "routes.yaml:3:24: found `0` seconds, expected 0.001 to 86400");
  CHECK(refused(head + "limits: {idle_seconds: 1.0e+300}\nmodels: []\n") == "routes.yaml:3:24: found `1.0e+300` seconds, expected 0.001 to 86400");
  CHECK(refused(head + "limits: {threads: 0}\nmodels: []\n")== "routes.yaml:3:19: this limit lies between 1 and 256");
  CHECK(refused(head + "limits: {threads: 257}\nmodels: []\n") == "routes.yaml:3:19: this limit lies between 1 and 256");
}
