#include "cli/client_warning.h"

#include "model/compatibility.h"
#include "platform/version_store.h"

namespace mops::cli {
namespace {

const platform::ModelStatus* find_model(const platform::PlatformStatus& status, const platform::SwitchRequest& request) {
  for (const platform::StageStatus& stage : status.stages) {
    if (stage.name != request.stage && !(request.stage.empty() && status.stages.size() == 1)) continue;
    for (const platform::ModelStatus& model : stage.models)
      if (model.model == request.model) return &model;
  }
  return nullptr;
}

std::optional<model::Manifest> read_incoming(Env& env, const Path& root) {
  auto text = env.files.read(platform::VersionFolder{.root = root}.payload() / "mops.yaml");
  if (!text) return std::nullopt;
  auto manifest = model::read_manifest(document::parse_yaml({.path = "mops.yaml", .text = *std::move(text)}));
  return manifest ? std::optional(*std::move(manifest)) : std::nullopt;
}

}  // namespace

void warn_of_broken_clients(Env& env, platform::AdminClient& client, const platform::SwitchRequest& request) {
  const auto status = client.status(env.stop);
  const platform::ModelStatus* model = status ? find_model(*status, request) : nullptr;
  if (model == nullptr || !model->primary) return;
  const platform::VersionLabel& now = model->primary->label;
  std::optional<platform::VersionLabel> next = request.to;
  if (!next && model->standby) next = model->standby->label;
  if (!next || next->payload == now.payload) return;

  platform::VersionStore store(env.files, client.folder().versions());
  const auto kept = [&](const Digest& payload) -> std::optional<model::Manifest> {
    auto version = store.open(payload);
    return version ? std::optional(std::move(version->manifest)) : std::nullopt;
  };
  const auto before = kept(now.payload);
  const auto after = request.incoming.empty() ? kept(next->payload) : read_incoming(env, client.folder().incoming() / request.incoming);
  if (!before || !after) return;
  const model::InterfaceComparison comparison = compare_interfaces(*before, *after);
  const auto breaks = static_cast<size_t>(std::count_if(comparison.changes.begin(), comparison.changes.end(), [](const auto& change) { return change.breaks_backward; }));
  if (breaks == 0) return;
  const std::string more = breaks == 1 ? "" : fmt::format(" (and {} more)", breaks - 1);
  env.console.err(fmt::format("warning: clients of {0}, which serves now, fail on {1}: {2}{3}; `mops diff {0} {1}` shows every change\n", now.version.to_string(),
                              next->version.to_string(), comparison.first_break()->sentence, more));
}

}  // namespace mops::cli
