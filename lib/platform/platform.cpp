#include "platform/platform.h"

#include "platform/parts.h"

#include <set>

namespace mops::platform {
namespace {

using namespace std::chrono_literals;

constexpr auto k_stop_grace = 10s;
constexpr auto k_left_grace = 5s;

}  // namespace

Platform::Parts::Parts(PlatformOptions given, PlatformWorld outside, PlatformLock held, State opened)
    : options(std::move(given)),
      world(outside),
      lock(std::move(held)),
      state(std::move(opened)),
      store(world.files, options.folder.versions()),
      target(world.target, state, state_mutex),
      supervisor(target, world.clock, [this](const target::StateChange&) {
        const std::lock_guard guard(mutex);
        publish();
      }),
      preparations([this](const std::string& key, Result<target::VersionSpec> outcome) {
        if (outcome) supervisor.provide(key, std::move(*outcome));
        else supervisor.obstruct(key, std::move(outcome).error());
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

std::shared_ptr<const model::Interface> Platform::Parts::interface_of(const gateway::VersionRoute& route) {
  std::shared_ptr<const model::Interface>& known = interfaces[route.payload];
  if (known) return known;
  const auto payload = Digest::parse(route.payload);
  if (auto version = payload ? open(*payload) : fail(payload.error())) known = std::make_shared<const model::Interface>(std::move(version->manifest.interface));
  return known;
}

void Platform::Parts::publish() {
  const std::vector<target::StateChange> instances = supervisor.states();
  for (StageState& stage : stages) {
    if (!stage.gateway) continue;
    gateway::RouteTable table = route_table(stage, instances);
    for (gateway::ModelRoute& route : table.models) {
      route.primary.interface = interface_of(route.primary);
      if (route.standby) route.standby->interface = interface_of(*route.standby);
      for (gateway::VersionRoute& candidate : route.candidates) candidate.interface = interface_of(candidate);
    }
    // A table that the gateway refuses would be our own fault; the one it has stays.
    (void)stage.gateway->swap(std::move(table));
  }
}

namespace {

/// Folds the journal into the stages' routes.
Result<void> read_routes(State& state, std::vector<StageState>& stages) {
  for (StageState& stage : stages) {
    MOPS_ASSIGN(const std::vector<JournalRecord> journal, state.journal({}, stage.stage.name));
    std::map<std::string, std::vector<JournalRecord>> by_model;
    for (const JournalRecord& record : journal) by_model[record.model].push_back(record);
    for (const auto& [model, records] : by_model) stage.models[model] = {.history = fold(records)};
  }
  return {};
}

}  // namespace

Result<void> Platform::Parts::verify_journal() {
  MOPS_ASSIGN(faults, state.journal_faults());
  return {};
}

Result<void> Platform::Parts::take_over() {
  const auto read_rows = [this] {
    const std::lock_guard guard(state_mutex);
    return state.instances();
  };
  MOPS_ASSIGN(const std::vector<InstanceRow> rows, read_rows());
  // Only what carries our mark: a copy of a state folder has rows about processes of the first one.
  std::vector<target::Instance> left = target.running(owner());
  const auto is_left = [&](const target::Instance& recorded) {
    return std::any_of(left.begin(), left.end(), [&](const target::Instance& i) { return i.pid == recorded.pid && i.start_time == recorded.start_time; });
  };
  std::set<std::string> adopted;
  for (StageState& stage : stages) {
    for (const auto& [model, model_state] : stage.models) {
      for (const auto& label : {model_state.history.primary, model_state.history.standby}) {
        if (!label) continue;
        const std::string key = route_key(stage.stage.name, model, label->payload);
        const auto row = std::find_if(rows.begin(), rows.end(), [&](const InstanceRow& r) { return r.key == key; });
        std::optional<target::Instance> running;
        if (row != rows.end() && is_left(row->instance) && target.adopt(row->instance)) {
          running = row->instance;
          adopted.insert(key);
          // Also what it started in sessions of their own.
          std::erase_if(left, [&](const target::Instance& i) { return i.payload == running->payload && i.port == running->port; });
        }
        supervise(stage, model, *label, std::move(running));
      }
    }
  }
  // What left its route while the platform ended, and what was started in the moment when it was killed.
  for (const target::Instance& instance : left) (void)target.stop(instance, k_left_grace);
  const std::lock_guard guard(state_mutex);
  for (const InstanceRow& row : rows)
    if (!adopted.contains(row.key)) MOPS_TRY(state.remove_instance(row.key));
  return {};
}

namespace {

/// The inherited socket of a stage, where it listens as the stage wants to.
std::optional<net::ListeningSocket> inherited_socket(const Stage& stage, std::vector<HandedSocket>& inherited) {
  for (HandedSocket& handed : inherited) {
    const net::Address& address = handed.socket.address();
    if (handed.stage == stage.name && address.host == stage.listen.host && (stage.listen.port == 0 || address.port == stage.listen.port)) return std::move(handed.socket);
  }
  return std::nullopt;
}

Result<std::unique_ptr<gateway::Gateway>> start_gateway(const Stage& stage, Path decisions, std::vector<HandedSocket>& inherited) {
  gateway::GatewayOptions options{.record = {.folder = std::move(decisions)}};
  if (auto socket = inherited_socket(stage, inherited)) return gateway::Gateway::start(std::move(*socket), std::move(options));
  return gateway::Gateway::start(net::Address::tcp(stage.listen.host, stage.listen.port), std::move(options));
}

}  // namespace

Result<std::unique_ptr<Platform>> Platform::start(PlatformOptions options, PlatformWorld world, std::vector<HandedSocket> inherited) {
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
  MOPS_TRY(p.verify_journal());
  MOPS_TRY(read_routes(p.state, p.stages));
  for (StageState& stage : p.stages) {
    Path decisions = folder.decisions(stage.stage.name);
    // A disk that is full keeps no version from being served.
    if (!world.files.make_directories(decisions)) decisions.clear();
    MOPS_ASSIGN(stage.gateway, start_gateway(stage.stage, std::move(decisions), inherited));
  }

  MOPS_TRY(p.take_over());
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

Result<CheckedJournal> Platform::journal(const std::optional<std::string>& model, const std::optional<std::string>& stage) {
  const std::lock_guard guard(parts_->state_mutex);
  MOPS_TRY(parts_->verify_journal());
  CheckedJournal journal{.faults = parts_->faults, .records = {}};
  MOPS_ASSIGN(journal.records, parts_->state.journal(model, stage));
  return journal;
}

Result<std::vector<JournalFault>> Platform::acknowledge(const AcknowledgeRequest& request) {
  const std::lock_guard guard(parts_->state_mutex);
  MOPS_TRY(parts_->verify_journal());
  for (const std::string& id : request.faults)
    if (std::none_of(parts_->faults.begin(), parts_->faults.end(), [&](const JournalFault& fault) { return fault.id == id; }))
      return fail(ErrorCode::not_found, fmt::format("the journal has no fault `{}`", id), "look again: `mops audit`");
  MOPS_TRY(parts_->state.acknowledge(request.faults, {.reason = request.reason, .actor = request.actor, .time = parts_->world.clock.now()}));
  MOPS_TRY(parts_->verify_journal());
  return parts_->faults;
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

Result<std::vector<LeftGateway>> Platform::leave() {
  Parts& p = *parts_;
  if (const auto busy = p.operations.present()) return fail(ErrorCode::refused, *busy, "wait until that is done, look at `mops status`, then try again");
  const auto is_retiring = [&] {
    const std::lock_guard guard(p.mutex);
    std::erase_if(p.retiring, [](const Retirement& retirement) { return retirement.is_over.load(); });
    return !p.retiring.empty();
  };
  for (const SteadyDeadline deadline(k_time_to_drain); is_retiring();) {
    if (deadline.passed())
      return fail(ErrorCode::refused, "a version that has left its route still answers requests", "try again when they have been answered: five minutes at most");
    std::this_thread::sleep_for(20ms);
  }
  p.operations.end();
  p.preparations.end();
  p.supervising.request_stop();
  p.supervising.join();
  std::vector<LeftGateway> left;
  for (StageState& stage : p.stages) left.push_back({.stage = stage.stage.name, .gateway = std::move(stage.gateway)});
  return left;
}

void Platform::stop() {
  Parts& p = *parts_;
  p.stop.request_stop();
  // A switch that went on after this could leave a version running that nobody supervises.
  p.operations.end();
  p.preparations.end();
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
