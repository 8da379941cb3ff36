#include "platform/routes.h"

#include "platform/recorded_target.h"
#include "specimen.h"

#include <doctest/doctest.h>

using namespace mops;
using namespace mops::platform;
using target::InstanceState;

namespace {

target::StateChange running(const std::string& stage, char letter, InstanceState state, uint16_t port) {
  return {.key = route_key(stage, "churn", digest(letter)), .state = state, .instance = {.payload = digest(letter), .port = port}};
}

std::string shown(const gateway::VersionRoute& route) {
  std::string text = fmt::format("{} {} {}:", to_string(route.role), route.payload[0], route.version);
  for (const gateway::Endpoint& endpoint : route.endpoints) text += fmt::format(" {}:{}", endpoint.host, endpoint.port);
  return text;
}

std::string shown(const gateway::RouteTable& table) {
  std::string text = fmt::format("generation {}\n", table.generation);
  for (const gateway::ModelRoute& model : table.models) {
    text += fmt::format("{} {}\n  {}\n", model.model, model.generation, shown(model.primary));
    if (model.standby) text += fmt::format("  {}\n", shown(*model.standby));
    for (const gateway::VersionRoute& candidate : model.candidates) text += fmt::format("  {}\n", shown(candidate));
    for (const gateway::Weight& weight : model.weights) text += fmt::format("  {} % {}\n", weight.share, weight.payload[0]);
  }
  return text;
}

}  // namespace

TEST_CASE("routes: the journal's versions with the instances that can be dialled") {
  StageState stage;
  stage.stage.name = "dev";
  stage.models["churn"].history = fold(records_of("a b"));
  stage.models["fraud"].history = fold(records_of("a b c <b <a"));
  stage.models["none"];
  const std::vector<target::StateChange> instances = {running("dev", 'a', InstanceState::unready, 1001), running("dev", 'b', InstanceState::ready, 1002),
                                                      running("production", 'b', InstanceState::ready, 1003), running("dev", 'c', InstanceState::ready, 1004)};
  const gateway::RouteTable table = route_table(stage, instances);
  CHECK(shown(table) == "generation 7\n"
                        "churn 2\n  primary b 2.0.0: 127.0.0.1:1002\n  standby a 1.0.0: 127.0.0.1:1001\n"
                        "fraud 5\n  primary a 1.0.0:\n");
  CHECK(gateway::validate(table));
}

TEST_CASE("routes: what starts or has ended is not dialled") {
  StageState stage;
  stage.stage.name = "dev";
  stage.models["churn"].history = fold(records_of("a b"));
  CHECK(shown(route_table(stage, {running("dev", 'a', InstanceState::waiting, 1001), running("dev", 'b', InstanceState::starting, 1002)})) ==
        "generation 2\nchurn 2\n  primary b 2.0.0:\n  standby a 1.0.0:\n");
}

TEST_CASE("routes: a candidate gets its share, the primary the rest") {
  StageState stage;
  stage.stage.name = "dev";
  stage.models["churn"].history = fold(records_of("a b"));
  const std::vector<target::StateChange> instances = {running("dev", 'a', InstanceState::ready, 1001), running("dev", 'b', InstanceState::ready, 1002),
                                                      running("dev", 'c', InstanceState::ready, 1003)};
  stage.models["churn"].candidate = Candidate{.label = label('c'), .share = 5};
  CHECK(shown(route_table(stage, instances)) ==
        "generation 2\nchurn 2\n  primary b 2.0.0: 127.0.0.1:1002\n  standby a 1.0.0: 127.0.0.1:1001\n  candidate c 3.0.0: 127.0.0.1:1003\n  95 % b\n  5 % c\n");
  CHECK(gateway::validate(route_table(stage, instances)));
  // The one that stands by keeps its place.
  stage.models["churn"].candidate = Candidate{.label = label('a'), .share = 100};
  CHECK(shown(route_table(stage, instances)) ==
        "generation 2\nchurn 2\n  primary b 2.0.0: 127.0.0.1:1002\n  standby a 1.0.0: 127.0.0.1:1001\n  0 % b\n  100 % a\n");
  CHECK(gateway::validate(route_table(stage, instances)));
}

TEST_CASE("routes: the key of an instance") {
  CHECK(route_key("dev", "churn", digest('a')) == "dev/churn/" + std::string(64, 'a'));
}
