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

std::optional<model::Manifest> read_kept(Env& env, const platform::StateFolder& folder, const Digest& payload) {
  auto version = platform::VersionStore(env.files, folder.versions()).open(payload);
  return version ? std::optional(std::move(version->manifest)) : std::nullopt;
}

/// `when`: of the first version.
void compare(Env& env, const std::optional<model::Manifest>& before, const model::Version& first, std::string_view when, const std::optional<model::Manifest>& after,
             const model::Version& second) {
  if (!before || !after) return;
  const model::InterfaceComparison comparison = compare_interfaces(*before, *after);
  const auto breaks = static_cast<size_t>(std::count_if(comparison.changes.begin(), comparison.changes.end(), [](const auto& change) { return change.breaks_backward; }));
  if (breaks == 0) return;
  const std::string more = breaks == 1 ? "" : fmt::format(" (and {} more)", breaks - 1);
  env.console.err(fmt::format("warning: clients of {0}, which {2}, fail on {1}: {3}{4}; `mops diff {0} {1}` shows every change\n", first.to_string(), second.to_string(),
                              when, comparison.first_break()->sentence, more));
}

}  // namespace

void warn_before(Env& env, platform::AdminClient& client, const platform::SwitchRequest& request) {
  const auto status = client.status(env.stop);
  const platform::ModelStatus* model = status ? find_model(*status, request) : nullptr;
  if (model == nullptr || !model->primary || !request.to || request.to->payload == model->primary->label.payload) return;
  const auto after = request.incoming.empty() ? read_kept(env, client.folder(), request.to->payload)
                                              : read_incoming(env, client.folder().incoming() / request.incoming);
  compare(env, read_kept(env, client.folder(), model->primary->label.payload), model->primary->label.version, "serves now", after, request.to->version);
}

void warn_after(Env& env, const platform::StateFolder& folder, const platform::JournalRecord& record) {
  if (!record.from) return;
  compare(env, read_kept(env, folder, record.from->payload), record.from->version, "served before", read_kept(env, folder, record.to.payload), record.to.version);
}

}  // namespace mops::cli
