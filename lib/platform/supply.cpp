#include "platform/parts.h"
#include "target/serving.h"

#include <set>

namespace mops::platform {
namespace {

using namespace std::chrono_literals;

constexpr auto k_drain_ceiling = 300s;
constexpr auto k_stop_grace = 10s;

}  // namespace

std::string Platform::Parts::owner() const {
  // A copy of a state folder has the same id: the platform of one must not end what another runs.
  std::error_code ignored;
  return fmt::format("{} {}", id, std::filesystem::weakly_canonical(options.folder.root, ignored).string());
}

Result<StoredVersion> Platform::Parts::open(const Digest& payload) {
  std::optional<VersionTexts> texts;
  {
    const std::lock_guard guard(state_mutex);
    MOPS_ASSIGN(texts, state.version_texts(payload));
  }
  return store.open(payload, texts);
}

Result<StoredVersion> Platform::Parts::open_whole(const Digest& payload) {
  MOPS_ASSIGN(StoredVersion version, open(payload));
  if (auto whole = store.verify(payload); !whole)
    return fail(whole.error().code, fmt::format("the platform's copy is damaged: {}", whole.error().message),
                "restore it from a copy of the state folder, or promote the version anew from its repository, which replaces it");
  return version;
}

Result<target::VersionSpec> Platform::Parts::spec_of(const StageState& stage, const VersionLabel& label, const StoredVersion& version,
                                                      const ReportStep& report, std::stop_token token) {
  const std::string& name = version.manifest.environment.name;
  const auto built_in = std::find_if(options.environments.begin(), options.environments.end(), [&](const auto& e) { return e.name == name; });
  if (!version.environment && built_in == options.environments.end())
    return fail(ErrorCode::not_found, fmt::format("this platform has no environment `{}`", name), "promote the version anew, with the description of its environment");
  const target::Environment& environment = version.environment ? *version.environment : *built_in;
  const std::string& lock_file = version.manifest.environment.lock;
  std::string last_line;
  const OutputSink progress = [&](std::string_view, bool) {
    if (last_line.empty() && report) report(fmt::format("creating environment {}", name));
    last_line = "said";
  };
  MOPS_ASSIGN(const target::PreparedEnvironment prepared,
              target::ensure_environment({.environment = environment,
                                          .lock_file = lock_file.empty() ? Path() : version.folder.payload() / lock_file,
                                          .folder = options.folder.environments(),
                                          .variables = options.variables},
                                         world.files, progress, token));
  const Path log = options.folder.log(stage.stage.name, version.manifest.name, version.payload.hex());
  MOPS_TRY(world.files.make_directories(log.parent_path()));
  return target::serving_spec({.name = fmt::format("{}@{}", version.manifest.name, label.version.to_string()),
                               .key = route_key(stage.stage.name, version.manifest.name, version.payload),
                               .owner = owner(),
                               .manifest = version.manifest,
                               .environment = environment,
                               .prepared = prepared,
                               .payload = version.payload,
                               .folder = version.folder.payload(),
                               .log = log,
                               .variables = options.variables,
                               .configuration = stage.stage.configuration});
}

void Platform::Parts::settle(StageState& stage, const std::string& model) {
  std::erase_if(retiring, [](const Retirement& retirement) { return retirement.is_over.load(); });
  const RouteHistory& history = stage.models[model].history;
  std::set<std::string> wanted;
  for (const auto& label : {history.primary, history.standby})
    if (label) wanted.insert(route_key(stage.stage.name, model, label->payload));

  const std::string prefix = fmt::format("{}/{}/", stage.stage.name, model);
  std::set<std::string> running;
  for (const target::StateChange& instance : supervisor.states()) {
    if (!instance.key.starts_with(prefix)) continue;
    running.insert(instance.key);
    if (wanted.contains(instance.key)) continue;
    preparations.drop(instance.key);
    const auto left = supervisor.remove(instance.key);
    if (!left) continue;
    Retirement& retirement = retiring.emplace_back();
    retirement.thread = std::jthread([this, &stage, &retirement, left = *left] {
      stage.gateway->wait_drained(left.payload.hex(), k_drain_ceiling);
      (void)target.stop(left, k_stop_grace);
      retirement.is_over = true;
    });
  }
  if (history.standby && !running.contains(route_key(stage.stage.name, model, history.standby->payload))) supervise(stage, model, *history.standby, {});
}

void Platform::Parts::supervise(StageState& stage, const std::string& model, const VersionLabel& label, std::optional<target::Instance> running) {
  const std::string key = route_key(stage.stage.name, model, label.payload);
  supervisor.add_unprepared(key, std::move(running));
  preparations.begin(key, [this, &stage, label](const std::stop_token& token) -> Result<target::VersionSpec> {
    MOPS_ASSIGN(const StoredVersion version, open_whole(label.payload));
    return spec_of(stage, label, version, {}, token);
  });
}

}  // namespace mops::platform
