#include "cli/rehearsal.h"

#include "cli/incoming.h"
#include "cli/machine.h"
#include "cli/release_tag.h"
#include "evidence/dsse.h"
#include "load/load.h"
#include "model/compatibility.h"
#include "platform/admin_client.h"
#include "platform/platform.h"
#include "target/local_target.h"
#include "tensor/dataset.h"
#include "tensor/request.h"

#include <algorithm>
#include <thread>
#include <unistd.h>

namespace mops::cli {
namespace {

using namespace std::chrono_literals;
using platform::SwitchKind;
using platform::SwitchRequest;

constexpr size_t k_bodies = 200;
/// A second of the load before, between and after the switches, but not more requests than these.
constexpr uint64_t k_most_requests = 50;
constexpr uint64_t k_least_requests = 5;
/// How long to wait for so many requests to be answered.
constexpr auto k_patience = 60s;

/// A platform that nobody else knows, and the load on it.
class PrivatePlatform {
 public:
  static Result<std::unique_ptr<PrivatePlatform>> start(Env& env, const platform::StateFolder& state) {
    auto made = std::unique_ptr<PrivatePlatform>(new PrivatePlatform(env));
    MOPS_ASSIGN(made->scratch_, ScratchFolder::make(env.files, state.root / "rehearsals", make_ulid(env.clock.now(), env.random).substr(16), [](const Path& folder) {
                  target::LocalTarget::end_all_in(folder / "versions");
                }));
    made->folder_ = {.root = made->scratch_.path(), .shared_environments = state.environments()};
    MOPS_ASSIGN(made->platform_,
                platform::Platform::start({.folder = made->folder_, .stages = {platform::Stage{.listen = {.port = 0}}}, .variables = env.variables},
                                          {.files = env.files, .clock = env.clock, .random = env.random, .transport = env.transport, .target = *made->target_}));
    return made;
  }
  ~PrivatePlatform() {
    load_.request_stop();
    if (load_.joinable()) load_.join();
    if (platform_) platform_->stop();
  }
  PrivatePlatform(const PrivatePlatform&) = delete;
  PrivatePlatform& operator=(const PrivatePlatform&) = delete;

  [[nodiscard]] const platform::StateFolder& folder() const { return folder_; }

  /// How long it took, in milliseconds, until requests went to the other version.
  Result<double> perform(SwitchRequest request) {
    request.reason = "rehearsal";
    // Capacity and steps are for live requests: here it is the switch that is looked at.
    request.gates = platform::Gates::skipped;
    const SteadyTime begun = env_.clock.steady();
    MOPS_ASSIGN(const std::string id, platform_->begin_switch(request, {.uid = ::getuid()}));
    while (true) {
      MOPS_ASSIGN(platform::OperationStatus status, platform_->operations().wait(id, SIZE_MAX, 100ms));
      if (status.error) return fail(std::move(*status.error));
      if (status.record) return std::chrono::duration<double, std::milli>(env_.clock.steady() - begun).count();
      if (env_.stop.stop_requested()) MOPS_TRY(platform_->operations().cancel(id));
    }
  }

  /// Waits until no other certification on this machine sends a load; others wait until this one has stopped.
  Result<void> start_load(load::LoadPlan plan) {
    MOPS_ASSIGN(const platform::ListenAddress address, platform::ListenAddress::parse(platform_->status().stages.front().listen));
    plan.host = address.host;
    plan.port = address.port;
    MOPS_ASSIGN(machine_, take_machine(env_.files, env_.stop));
    load_ = std::jthread([this, plan = std::move(plan)](const std::stop_token& stop) { report_ = load::run_load(plan, stop); });
    return {};
  }

  Result<load::LoadReport> stop_load() {
    load_.request_stop();
    load_.join();
    machine_ = {};
    return std::move(*report_);
  }

  /// Until the version that serves has answered `count` more requests.
  Result<void> wait_for_requests(uint64_t count) {
    const uint64_t wanted = answered() + count;
    const SteadyDeadline deadline(k_patience);
    while (answered() < wanted) {
      if (env_.stop.stop_requested()) return fail(ErrorCode::interrupted, "interrupted");
      if (deadline.passed()) return fail(ErrorCode::outside, fmt::format("no {} requests were answered within {} s", count, k_patience.count()));
      std::this_thread::sleep_for(2ms);
    }
    return {};
  }

 private:
  explicit PrivatePlatform(Env& env) : env_(env), target_(std::make_unique<target::LocalTarget>(env.transport)) {}

  uint64_t answered() {
    const platform::PlatformStatus status = platform_->status();
    const auto& models = status.stages.front().models;
    return models.empty() || !models.front().primary ? 0 : models.front().primary->requests;
  }

  Env& env_;
  // Removed last, when nothing runs in it any more.
  ScratchFolder scratch_;
  platform::StateFolder folder_;
  std::unique_ptr<target::LocalTarget> target_;
  std::unique_ptr<platform::Platform> platform_;
  std::optional<Result<load::LoadReport>> report_;
  FolderLock machine_;
  std::jthread load_;
};

/// What the clients of the baseline send.
Result<std::vector<std::string>> bodies_of(Env& env, const model::Manifest& manifest, const Path& payload_folder) {
  const model::Dataset* data = manifest.find_dataset(manifest.certification.dataset);
  if (data == nullptr || data->path.empty()) return fail(ErrorCode::not_found, "the baseline has no holdout set to take requests from");
  MOPS_ASSIGN(std::string text, env.files.read(payload_folder / data->path));
  MOPS_ASSIGN(const tensor::Dataset rows, tensor::Dataset::parse(data->path, std::move(text)));
  std::vector<std::string> bodies;
  for (size_t row = 0; row < std::min(k_bodies, rows.rows()); ++row) {
    MOPS_ASSIGN(std::string body, tensor::infer_request(rows, manifest.interface, {.first = row, .end = row + 1}));
    bodies.push_back(std::move(body));
  }
  if (bodies.empty()) return fail(ErrorCode::invalid, fmt::format("`{}` has no rows", data->path));
  return bodies;
}

/// That the model may have been moved within its repository is for a stage to judge.
SwitchRequest promotion_of(const std::string& model, const Incoming& incoming) {
  return {.kind = SwitchKind::promote, .model = model, .to = incoming.label(), .incoming = incoming.name()};
}

std::optional<Baseline> serving_baseline(Env& env, const std::string& model, const Digest& candidate, const std::vector<model::Version>& releases, const platform::StateFolder& state) {
  if (!platform::running_platform(state)) return std::nullopt;
  platform::AdminClient client(env.transport, state);
  const auto status = client.status(env.stop);
  if (!status) return std::nullopt;
  for (const platform::StageStatus& stage : status->stages)
    for (const platform::ModelStatus& row : stage.models) {
      if (row.model != model || !row.primary || row.primary->label.payload == candidate) continue;
      const model::Version& version = row.primary->label.version;
      if (std::find(releases.begin(), releases.end(), version) != releases.end())
        return Baseline{.version = {.name = model, .version = version}, .choice = Baseline::Choice::serves};
    }
  return std::nullopt;
}

/// nullopt: there is no model in its folder.
std::optional<Digest> payload_of(Workspace& workspace, const repository::Tag& tag) {
  if (const auto said = read_trailers(tag.message).payload) return said;
  const auto payload = workspace.payload_at(tag.commit);
  return payload ? std::optional(payload->digest()) : std::nullopt;
}

}  // namespace

Result<std::optional<Baseline>> find_baseline(Env& env, Workspace& workspace, const std::string& model, const Digest& candidate, const std::optional<std::string>& against,
                                              const platform::StateFolder& state) {
  if (against) {
    MOPS_ASSIGN(model::VersionedName named, model::VersionedName::parse(*against));
    if (named.name != model) return fail(ErrorCode::usage, fmt::format("found `{}` in `--against {}`, this model is `{}`", named.name, *against, model));
    MOPS_TRY(find_tag(workspace, model::version_tag(named.name, named.version)));
    return Baseline{.version = std::move(named), .choice = Baseline::Choice::asked_for};
  }
  MOPS_ASSIGN(std::vector<model::Version> releases, released_versions(workspace, model));
  if (auto serving = serving_baseline(env, model, candidate, releases, state)) return serving;
  std::sort(releases.begin(), releases.end());
  for (auto version = releases.rbegin(); version != releases.rend(); ++version) {
    const auto tag = find_tag(workspace, model::version_tag(model, *version));
    // A lightweight tag of that form is no release: nothing of it can be promoted.
    if (!tag && tag.error().code == ErrorCode::refused) continue;
    if (!tag) return fail(tag.error());
    if (const auto payload = payload_of(workspace, *tag); payload && *payload != candidate) return Baseline{.version = {.name = model, .version = *version}};
  }
  return std::nullopt;
}

Result<evidence::Rehearsal> rehearse(Env& env, Workspace& workspace, const Candidate& candidate, const Baseline& baseline, const platform::StateFolder& state,
                                     Progress& progress) {
  progress.show(fmt::format("rehearsing the upgrade from {} and back", baseline.version.version.to_string()));
  evidence::Rehearsal rehearsal{.baseline = baseline.version.version.to_string()};
  MOPS_ASSIGN(const auto stage, PrivatePlatform::start(env, state));
  MOPS_ASSIGN(const Incoming before, Incoming::of_release(env, workspace, baseline.version, stage->folder()));
  rehearsal.payload = before.label().payload;
  MOPS_ASSIGN(const model::Manifest served, before.manifest(env));
  if (const auto change = model::compare_interfaces(served, candidate.manifest); change.first_break() != nullptr) {
    rehearsal.obstacle = fmt::format("no request suits both versions: {}", change.first_break()->sentence);
    return rehearsal;
  }
  MOPS_ASSIGN(std::vector<std::string> bodies, bodies_of(env, served, before.payload_folder()));
  MOPS_TRY(stage->perform(promotion_of(baseline.version.name, before)));

  const double rate = candidate.manifest.certification.load.rate_per_second;
  const auto requests = std::clamp(static_cast<uint64_t>(rate), k_least_requests, k_most_requests);
  MOPS_TRY(stage->start_load({.path = tensor::infer_path(served.serving.model), .bodies = std::move(bodies), .rate_per_second = rate, .duration = 24h}));
  MOPS_TRY(stage->wait_for_requests(requests));

  // The platform demands evidence of what it takes; this one is signed by a key that nobody keeps.
  MOPS_ASSIGN(const evidence::SigningKey key, evidence::SigningKey::generate(evidence::KeyType::ed25519));
  MOPS_ASSIGN(std::string envelope, evidence::sign_statement(evidence::to_statement(candidate.measured), key));
  MOPS_ASSIGN(const Incoming after, Incoming::of_candidate(env, workspace, candidate.payload, {.envelope = std::move(envelope), .public_key = key.public_key().pem()}, stage->folder()));
  MOPS_ASSIGN(rehearsal.promote_ms, stage->perform(promotion_of(candidate.manifest.name, after)));
  MOPS_TRY(stage->wait_for_requests(requests));
  MOPS_ASSIGN(rehearsal.rollback_ms, stage->perform({.kind = SwitchKind::rollback, .model = candidate.manifest.name}));
  MOPS_TRY(stage->wait_for_requests(requests));
  MOPS_ASSIGN(const load::LoadReport report, stage->stop_load());
  rehearsal.requests = report.requests;
  rehearsal.failed = report.errors.all();
  rehearsal.first_failure = report.first_error;
  return rehearsal;
}

}  // namespace mops::cli
