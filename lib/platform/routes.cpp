#include "platform/routes.h"

#include "platform/recorded_target.h"

namespace mops::platform {
namespace {

/// One that fails its probes is still dialled: with a single instance, a slow answer is better than none.
bool is_dialled(target::InstanceState state) { return state == target::InstanceState::ready || state == target::InstanceState::unready; }

gateway::VersionRoute version_route(const StageState& stage, const std::string& model, const VersionLabel& label, gateway::Role role,
                                    const std::vector<target::StateChange>& instances) {
  gateway::VersionRoute route{.payload = label.payload.hex(), .version = label.version.to_string(), .role = role};
  const std::string key = route_key(stage.stage.name, model, label.payload);
  for (const target::StateChange& instance : instances)
    if (instance.key == key && is_dialled(instance.state)) route.endpoints.push_back({.host = "127.0.0.1", .port = instance.instance.port});
  return route;
}

}  // namespace

gateway::RouteTable route_table(const StageState& stage, const std::vector<target::StateChange>& instances) {
  gateway::RouteTable table;
  for (const auto& [name, model] : stage.models) {
    if (!model.history.primary) continue;
    gateway::ModelRoute route{.model = name, .generation = model.history.switches,
                              .primary = version_route(stage, name, *model.history.primary, gateway::Role::primary, instances)};
    if (model.history.standby) route.standby = version_route(stage, name, *model.history.standby, gateway::Role::standby, instances);
    if (model.candidate) {
      const VersionLabel& label = model.candidate->label;
      const uint32_t share = model.candidate->share;
      if (model.history.standby != label) route.candidates.push_back(version_route(stage, name, label, gateway::Role::candidate, instances));
      route.weights = {{.payload = route.primary.payload, .share = 100 - share}, {.payload = label.payload.hex(), .share = share}};
    }
    table.generation += model.history.switches;
    table.models.push_back(std::move(route));
  }
  return table;
}

}  // namespace mops::platform
