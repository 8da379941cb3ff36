#include "base/version.h"
#include "platform/parts.h"

#include <unistd.h>

namespace mops::platform {
namespace {

std::optional<double> milliseconds_at(const stats::Histogram& latency, double q) {
  if (latency.count() == 0) return std::nullopt;
  return static_cast<double>(latency.quantile(q)) / 1e6;
}

}  // namespace

PlatformStatus Platform::status() {
  Parts& p = *parts_;
  const std::lock_guard guard(p.mutex);
  PlatformStatus status{.platform = p.id, .mops_version = program_version(), .pid = ::getpid(), .started = p.started, .state_folder = p.options.folder.root.string()};
  const std::vector<target::StateChange> instances = p.supervisor.states();
  for (const StageState& stage : p.stages) {
    StageStatus& shown = status.stages.emplace_back(StageStatus{.name = stage.stage.name, .listen = stage.gateway->address().text()});
    const gateway::GatewayStats stats = stage.gateway->stats();
    const auto version_status = [&](const std::string& model, const VersionLabel& label) {
      VersionStatus version{.label = label, .state = "stopped"};
      version.log = p.options.folder.log(stage.stage.name, model, label.payload.hex()).string();
      for (const target::StateChange& instance : instances) {
        if (instance.key != route_key(stage.stage.name, model, label.payload)) continue;
        version.state = to_string(instance.state);
        if (!instance.error) continue;
        version.problem = instance.error->message;
        version.help = instance.error->help;
      }
      for (const gateway::VersionStats& s : stats.versions) {
        if (s.model != model || s.payload != label.payload.hex()) continue;
        version.requests = s.requests;
        version.failed = s.failed;
        version.in_flight = s.in_flight;
        version.p50_ms = milliseconds_at(s.latency, 0.5);
        version.p99_ms = milliseconds_at(s.latency, 0.99);
      }
      return version;
    };
    for (const auto& [name, model] : stage.models) {
      if (!model.history.primary) continue;
      ModelStatus& row = shown.models.emplace_back(
          ModelStatus{.model = name, .generation = model.history.switches, .since = model.history.since, .withdrawn = model.history.withdrawn});
      row.primary = version_status(name, *model.history.primary);
      if (model.history.standby) row.standby = version_status(name, *model.history.standby);
      if (model.candidate) {
        row.candidate = version_status(name, model.candidate->label);
        row.candidate_share = model.candidate->share;
      }
    }
  }
  const std::lock_guard state_guard(p.state_mutex);
  status.journal_faults = p.faults;
  return status;
}

}  // namespace mops::platform
