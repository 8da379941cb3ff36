#include "platform/platform.h"

#include "platform/parts.h"
#include "target/serving.h"

#include <set>

namespace mops::platform {
namespace {

using namespace std::chrono_literals;

constexpr auto k_drain_ceiling = 300s;
constexpr auto k_stop_grace = 10s;

std::optional<double> milliseconds_at(const stats::Histogram& latency, double q) {
  if (latency.count() == 0) return std::nullopt;
  return static_cast<double>(latency.quantile(q)) / 1e6;
}

}  // namespace

Platform::Parts::Parts(PlatformOptions given, PlatformWorld outside, PlatformLock held, State opened)
    : options(std::move(given)),
      world(outside),
      lock(std::move(held)),
      state(std::move(opened)),
      store(world.files, options.folder.versions()),
      local(world.transport),
      target(local, state, state_mutex),
      supervisor(target, world.clock, [this](const target::StateChange&) {
        const std::lock_guard guard(mutex);
        publish();
      }) {}

Result<StageState*> Platform::Parts::find_stage(const std::string& name) {
  std::vector<std::string> names;
  for (StageState& stage : stages) {
    if (stage.stage.name == name || (name.empty() && stages.size() == 1)) return &stage;
    names.push_back(stage.stage.name);
  }
  if (name.empty()) return fail(ErrorCode::usage, "this platform has several stages", fmt::format("say which: `--to {}`", fmt::join(names, "`, `--to ")));
  return fail(ErrorCode::not_found, fmt::format("this platform has no stage `{}`", name), fmt::format("it has `{}`; stages are listed in stages.yaml", fmt::join(names, "`, `")));
}

void Platform::Parts::publish() {
  const std::vector<target::StateChange> instances = supervisor.states();
  for (StageState& stage : stages) {
    // A table that the gateway refuses would be our own fault; the one it has stays.
    if (stage.gateway) (void)stage.gateway->swap(route_table(stage, instances));
  }
}

Result<target::VersionSpec> Platform::Parts::spec_of(const StageState& stage, const VersionLabel& label, const StoredVersion& version,
                                                      const ReportStep& report, std::stop_token token) {
  const std::string& name = version.manifest.environment.name;
  const auto environment = std::find_if(options.environments.begin(), options.environments.end(), [&](const auto& e) { return e.name == name; });
  if (environment == options.environments.end()) return fail(ErrorCode::not_found, fmt::format("this platform has no environment `{}`", name), "use a newer mops");
  const std::string& lock_file = version.manifest.environment.lock;
  std::string last_line;
  const OutputSink progress = [&](std::string_view, bool) {
    if (last_line.empty() && report) report(fmt::format("creating environment {}", name));
    last_line = "said";
  };
  MOPS_ASSIGN(const target::PreparedEnvironment prepared,
              target::ensure_environment({.environment = *environment,
                                          .lock_file = lock_file.empty() ? Path() : version.folder.payload() / lock_file,
                                          .folder = options.folder.environments(),
                                          .variables = options.variables},
                                         world.files, progress, token));
  const Path log = options.folder.log(stage.stage.name, version.manifest.name, version.payload.hex());
  MOPS_TRY(world.files.make_directories(log.parent_path()));
  return target::serving_spec({.name = fmt::format("{}@{}", version.manifest.name, label.version.to_string()),
                               .key = route_key(stage.stage.name, version.manifest.name, version.payload),
                               .manifest = version.manifest,
                               .environment = *environment,
                               .prepared = prepared,
                               .payload = version.payload,
                               .folder = version.folder.payload(),
                               .log = log,
                               .variables = options.variables,
                               .configuration = stage.stage.configuration});
}

void Platform::Parts::settle(StageState& stage, const std::string& model) {
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
    const auto left = supervisor.remove(instance.key);
    if (!left) continue;
    retiring.emplace_back([this, &stage, left = *left] {
      stage.gateway->wait_drained(left.payload.hex(), k_drain_ceiling);
      (void)target.stop(left, k_stop_grace);
    });
  }
  if (!history.standby || running.contains(route_key(stage.stage.name, model, history.standby->payload))) return;
  retiring.emplace_back([this, &stage, model, label = *history.standby](const std::stop_token& token) {
    const auto version = store.open(label.payload);
    if (!version) return;
    auto spec = spec_of(stage, label, *version, {}, token);
    if (!spec || token.stop_requested()) return;
    // Its environment may have taken minutes: another switch may have settled the route anew by now.
    const std::lock_guard guard(mutex);
    const std::string key = route_key(stage.stage.name, model, label.payload);
    const auto& standby = stage.models[model].history.standby;
    const auto states = supervisor.states();
    const bool is_there = std::any_of(states.begin(), states.end(), [&](const target::StateChange& other) { return other.key == key; });
    if (standby && *standby == label && !is_there) supervisor.add_stopped(key, std::move(*spec));
  });
}

namespace {

/// Folds the journal into the stages' routes.
Result<void> read_routes(State& state, std::vector<StageState>& stages) {
  for (StageState& stage : stages) {
    MOPS_ASSIGN(const std::vector<JournalRecord> journal, state.journal({}, stage.stage.name));
    std::map<std::string, std::vector<JournalRecord>> by_model;
    for (const JournalRecord& record : journal) by_model[record.model].push_back(record);
    for (const auto& [model, records] : by_model) stage.models[model] = {.history = fold(records), .since = records.back().switched};
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<Platform>> Platform::start(PlatformOptions options, PlatformWorld world) {
  const StateFolder folder = options.folder;
  MOPS_TRY(folder.make(world.files));
  MOPS_ASSIGN(PlatformLock lock, PlatformLock::take(folder));
  MOPS_ASSIGN(State state, State::open(folder.database()));
  auto parts = std::make_unique<Parts>(std::move(options), world, std::move(lock), std::move(state));
  Parts& p = *parts;
  MOPS_ASSIGN(p.id, p.state.platform_id(make_ulid(world.clock.now(), world.random)));
  p.started = world.clock.now();
  // What clients left half-way: nothing refers to it.
  MOPS_ASSIGN(const auto leftovers, world.files.list(folder.incoming()));
  for (const DirectoryEntry& entry : leftovers) MOPS_TRY(world.files.remove(folder.incoming() / entry.name));

  for (const Stage& stage : p.options.stages) p.stages.push_back({.stage = stage});
  MOPS_TRY(read_routes(p.state, p.stages));
  for (StageState& stage : p.stages) {
    MOPS_ASSIGN(stage.gateway, gateway::Gateway::start(net::Address::tcp(stage.stage.listen.host, stage.stage.listen.port)));
  }

  MOPS_ASSIGN(const std::vector<InstanceRow> rows, p.state.instances());
  std::set<std::string> adopted;
  for (StageState& stage : p.stages) {
    for (const auto& [model, model_state] : stage.models) {
      for (const auto& label : {model_state.history.primary, model_state.history.standby}) {
        if (!label) continue;
        const std::string key = route_key(stage.stage.name, model, label->payload);
        auto version = p.store.open(label->payload);
        if (!version) return fail(std::move(version.error()).in_context(fmt::format("cannot serve {}@{}", model, label->version.to_string())));
        MOPS_ASSIGN(target::VersionSpec spec, p.spec_of(stage, *label, *version, {}, p.stop.get_token()));
        const auto row = std::find_if(rows.begin(), rows.end(), [&](const InstanceRow& r) { return r.key == key; });
        if (row != rows.end() && p.target.adopt(row->instance)) {
          p.supervisor.add(key, std::move(spec), row->instance, target::InstanceState::ready);
          adopted.insert(key);
        } else {
          p.supervisor.add_stopped(key, std::move(spec));
        }
      }
    }
  }
  for (const InstanceRow& row : rows) {
    if (adopted.contains(row.key)) continue;
    if (p.target.adopt(row.instance)) MOPS_TRY(p.target.stop(row.instance, k_stop_grace));
    MOPS_TRY(p.state.remove_instance(row.key));
  }
  {
    const std::lock_guard guard(p.mutex);
    p.publish();
  }
  p.supervising = std::jthread([&p](const std::stop_token& token) { p.supervisor.run(token); });
  return std::unique_ptr<Platform>(new Platform(std::move(parts)));
}

Platform::Platform(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Platform::~Platform() {
  if (parts_->supervising.joinable()) stop();
}

PlatformStatus Platform::status() {
  Parts& p = *parts_;
  const std::lock_guard guard(p.mutex);
  PlatformStatus status{.platform = p.id, .mops_version = MOPS_VERSION, .pid = ::getpid(), .started = p.started, .state_folder = p.options.folder.root.string()};
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
        if (instance.error && instance.state != target::InstanceState::ready) version.problem = instance.error->message;
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
          ModelStatus{.model = name, .generation = model.history.switches, .since = model.since, .withdrawn = model.history.withdrawn});
      row.primary = version_status(name, *model.history.primary);
      if (model.history.standby) row.standby = version_status(name, *model.history.standby);
    }
  }
  return status;
}

Result<std::vector<JournalRecord>> Platform::journal(const std::optional<std::string>& model, const std::optional<std::string>& stage) {
  const std::lock_guard guard(parts_->state_mutex);
  return parts_->state.journal(model, stage);
}

Result<std::string> Platform::begin_switch(const SwitchRequest& request, const Peer& peer) {
  Parts& p = *parts_;
  MOPS_ASSIGN(const StageState* const stage, p.find_stage(request.stage));
  const SystemTime now = p.world.clock.now();
  const std::string id = make_ulid(now, p.world.random);
  const std::string subject = fmt::format("{} in {}", request.model, stage->stage.name);
  MOPS_TRY(p.operations.start(id, subject, request.actor, now, [&p, request, peer, now](const ReportStep& report, std::stop_token token) {
    return p.perform(request, peer, now, report, std::move(token));
  }));
  return id;
}

Operations& Platform::operations() { return parts_->operations; }

void Platform::stop() {
  Parts& p = *parts_;
  p.stop.request_stop();
  // A switch that went on after this could leave a version running that nobody supervises.
  p.operations.end();
  for (StageState& stage : p.stages) stage.gateway->stop(k_stop_grace);
  p.supervising.request_stop();
  p.supervising.join();
  p.retiring.clear();
  std::vector<std::jthread> stopping;
  for (const target::StateChange& instance : p.supervisor.states())
    if (const auto running = p.supervisor.remove(instance.key)) stopping.emplace_back([&p, running = *running] { (void)p.target.stop(running, k_stop_grace); });
}

std::stop_token Platform::stop_requested() const { return parts_->stop.get_token(); }
void Platform::request_stop() { parts_->stop.request_stop(); }

}  // namespace mops::platform
