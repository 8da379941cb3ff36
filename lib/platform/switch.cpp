#include "platform/switch.h"

#include "base/folder_lock.h"
#include "base/version.h"

namespace mops::platform {
namespace {

/// What a version must satisfy when it comes to a stage; what expires or is set later never stops a rollback.
Result<void> admit(const Stage& stage, const StoredVersion& version, SystemTime now) {
  if (!stage.trusted_keys.empty() && std::find(stage.trusted_keys.begin(), stage.trusted_keys.end(), version.key_id) == stage.trusted_keys.end())
    return fail(ErrorCode::refused, fmt::format("the certificate is signed by key {}, which stage `{}` does not trust", version.key_id.substr(0, 16), stage.name),
                "certify with a key of the stage, or add the key id to `trusted_keys` in stages.yaml");
  if (stage.level == model::Level::production && version.manifest.level != model::Level::production)
    return fail(ErrorCode::refused, fmt::format("stage `{}` takes models of level `production`, this one is a `prototype`", stage.name),
                "`mops check --level production` says what is missing");
  if (stage.level == model::Level::production && version.certificate.verdict == Verdict::warned)
    return fail(ErrorCode::refused, fmt::format("stage `{}` is of level `production`, and the certificate of payload {} is WARNED", stage.name, version.payload.short_hex()),
                "`mops certify` at level `production` says what to mend");
  for (const model::Waiver& waiver : version.manifest.waivers) {
    if (stage.waivers == Waivers::refused)
      return fail(ErrorCode::refused, fmt::format("stage `{}` takes no waivers, and this version waives `{}`", stage.name, waiver.rule),
                  "set right what it is for, remove it from mops.yaml and release again");
    if (waiver.end < now)
      return fail(ErrorCode::refused, fmt::format("the waiver of `{}` by {} expired on {}", waiver.rule, waiver.owner, waiver.expires),
                  "set right what it was for, or agree on another day, and release again");
  }
  return {};
}

std::string_view done(SwitchKind kind) {
  switch (kind) {
    case SwitchKind::promote: return "promoted";
    case SwitchKind::rollback: return "rolled back to";
    case SwitchKind::drill: return "rehearsed a rollback of";
  }
  return "";
}

Error somebody_was_faster(const std::string& model, const std::vector<JournalRecord>& journal) {
  if (journal.empty())
    return {.code = ErrorCode::refused, .message = fmt::format("`{}` has no journal in this stage, the request expects one", model),
            .help = "look at `mops status`, then decide again"};
  const JournalRecord& last = journal.back();
  return {.code = ErrorCode::refused,
          .message = fmt::format("{} was faster: {} {} at {} ({})", last.actor.name.value, done(last.kind), shown(model, last.to), to_rfc3339(last.switched),
                                 last.reason),
          .help = "look at `mops status`, then decide again"};
}

}  // namespace

std::string shown(const std::string& model, const VersionLabel& label) { return fmt::format("{}@{}", model, label.version.to_string()); }

Switch::Switch(Platform::Parts& parts, StageState& stage, const SwitchRequest& request, const ReportStep& report, std::stop_token token)
    : parts_(parts), stage_(stage), request_(request), report_(report), token_(std::move(token)) {
  if (request_.kind == SwitchKind::promote) at_begin_ = traffic();
}

Result<JournalRecord> Switch::run(const Peer& peer, SystemTime requested) {
  MOPS_TRY(choose());
  MOPS_TRY(keep());
  auto record = bring_up().and_then([&] { return ensure_capacity(); }).and_then([&] { return shift(); }).and_then([&] { return commit(peer, requested); });
  if (!record) take_down();
  return record;
}

Result<SwitchPlan> Switch::plan() {
  MOPS_TRY(choose());
  if (request_.incoming.empty()) {
    MOPS_ASSIGN(version_, parts_.open_whole(to_.payload));
  } else {
    MOPS_TRY(binding());
    MOPS_ASSIGN(version_, parts_.store.examine(parts_.options.folder.incoming() / Path(request_.incoming).filename(), to_.payload));
  }
  MOPS_TRY(admit_here());
  const RouteHistory now = history();
  const evidence::Certificate& certificate = version_->certificate;
  const Promise promise = promise_of(certificate);
  const bool is_warm = find_warm().has_value();
  const bool is_kept = parts_.store.has(to_.payload);
  SwitchPlan plan;
  const auto step = [&](std::string_view name, std::string text) { plan.steps.push_back(fmt::format("{:<9} {}", name, text)); };
  step("look", fmt::format("payload {}, certified {} by key {}: holds, and stage `{}` takes it", to_.payload.short_hex(), to_rfc3339(certificate.finished),
                           version_->key_id.substr(0, 16), stage_.stage.name));
  step("keep", is_kept ? "the platform has a copy already" : "a copy of it on the platform");
  if (is_warm) {
    step("start", "it runs already");
    step("warm up", "it answered the certified rows when it was started");
  } else {
    step("start", fmt::format("in environment {}, ready within {:g} s", version_->manifest.environment.name,
                              std::chrono::duration<double>(version_->manifest.serving.startup_timeout).count()));
    step("warm up", fmt::format("ask for the {} certified rows: the answers must be the certified ones", certificate.answers.rows.size()));
  }
  plan_shift(now, promise, step);
  step("record", "write the journal, then swap the route; requests in flight finish where they are");
  std::string drained = now.primary ? fmt::format("keep {} warm as the way back", now.primary->version.to_string()) : "nothing serves before it";
  if (now.standby && now.standby != to_) drained += fmt::format("; {} ends when its last request is answered", now.standby->version.to_string());
  step("drain", std::move(drained));
  return plan;
}

RouteHistory Switch::history() {
  const std::lock_guard lock(parts_.mutex);
  const auto model = stage_.models.find(request_.model);
  return model == stage_.models.end() ? RouteHistory{} : model->second.history;
}

/// Where to go, and whether that makes sense now.
Result<void> Switch::choose() {
  if (request_.kind == SwitchKind::promote) MOPS_TRY(refuse_after_a_fault());
  const RouteHistory now = history();
  if (!now.primary && request_.kind != SwitchKind::promote)
    return fail(ErrorCode::not_found, fmt::format("no version of `{}` serves in stage `{}`", request_.model, stage_.stage.name), "`mops status` shows what does");
  if (request_.to) to_ = *request_.to;
  else if (now.standby) to_ = *now.standby;
  else
    return fail(ErrorCode::refused, fmt::format("there is no version before {} to go back to", shown(request_.model, *now.primary)),
                now.withdrawn.empty() ? "it is the first one in this stage" : "the others are withdrawn; name one with `--to VERSION`, or promote one anew");
  key_ = route_key(stage_.stage.name, request_.model, to_.payload);
  // A primary that cannot be started is promoted again to replace what is broken about it.
  if (now.primary && *now.primary == to_ && !is_broken())
    return fail(ErrorCode::refused, fmt::format("{} serves already", shown(request_.model, *now.primary)),
                now.primary->version == to_.version ? "nothing was changed" : fmt::format("{} has the same payload; nothing was changed", to_.version.to_string()));
  return {};
}

bool Switch::is_broken() {
  const auto states = parts_.supervisor.states();
  return std::any_of(states.begin(), states.end(),
                     [this](const target::StateChange& state) { return state.key == key_ && state.state == target::InstanceState::broken; });
}

/// Whoever promotes relies on what the journal says was done before. Going back is never held up.
Result<void> Switch::refuse_after_a_fault() {
  const std::lock_guard lock(parts_.state_mutex);
  MOPS_TRY(parts_.verify_journal());
  for (const JournalFault& fault : parts_.faults)
    if (!fault.acknowledged)
      return fail(ErrorCode::refused, fmt::format("the journal of this platform is broken: {}", fault.message),
                  "`mops audit` shows what still holds; when you have looked, `mops audit --acknowledge -m REASON` lets promotions go on; `mops rollback` works all the "
                  "time");
  return {};
}

Result<void> Switch::keep() {
  if (request_.incoming.empty()) {
    MOPS_ASSIGN(version_, parts_.open(to_.payload));
  } else {
    report_(fmt::format("verifying payload {}", to_.payload.short_hex()));
    MOPS_TRY(binding());
    const Path incoming = parts_.options.folder.incoming() / Path(request_.incoming).filename();
    // Its client may have been killed by now; the next one removes what nobody holds.
    const FolderLock held = FolderLock::share(incoming);
    MOPS_ASSIGN(version_, parts_.store.take(incoming, to_.payload));
  }
  return admit_here();
}

Result<void> Switch::admit_here() {
  if (version_->manifest.name != request_.model)
    return fail(ErrorCode::refused, fmt::format("payload {} is model `{}`, not `{}`", to_.payload.short_hex(), version_->manifest.name, request_.model));
  if (request_.kind != SwitchKind::promote) {
    MOPS_ASSIGN(const bool served, has_served());
    if (served) return {};
  }
  return admit(stage_.stage, *version_, parts_.world.clock.now());
}

/// A rollback names any version (`--to`): one that never served in this stage was never admitted to it.
Result<bool> Switch::has_served() {
  const std::lock_guard lock(parts_.state_mutex);
  MOPS_ASSIGN(const std::vector<JournalRecord> journal, parts_.state.journal(request_.model, stage_.stage.name));
  return std::any_of(journal.begin(), journal.end(), [this](const JournalRecord& record) { return record.to == to_; });
}

/// The first promotion of a name binds it to its repository, when it is committed.
Result<Binding> Switch::binding() {
  const std::lock_guard lock(parts_.state_mutex);
  return binding_locked();
}

Result<Binding> Switch::binding_locked() {
  MOPS_ASSIGN(const std::optional<Binding> bound, parts_.state.binding(request_.model));
  const bool same_root = !bound || bound->root_commit == request_.root_commit || bound->root_commit.empty() || request_.root_commit.empty();
  if (bound && (!same_root || bound->folder != request_.folder))
    return fail(ErrorCode::refused,
                fmt::format("`{}` belongs to another repository on this platform: {} (root commit {})", request_.model,
                            bound->repository.empty() ? bound->folder : bound->repository, bound->root_commit.substr(0, 12)),
                "give this model another name");
  const std::string root = bound && !bound->root_commit.empty() ? bound->root_commit : request_.root_commit;
  return Binding{.model = request_.model, .root_commit = root, .folder = request_.folder, .repository = request_.repository};
}

JournalRecord Switch::make_record(const Peer& peer, SystemTime requested, const std::optional<VersionLabel>& from) {
  JournalRecord record{.id = make_ulid(parts_.world.clock.now(), parts_.world.random),
                       .kind = request_.kind,
                       .platform = parts_.id,
                       .stage = stage_.stage.name,
                       .model = request_.model,
                       .from = from,
                       .to = to_,
                       .certificate = version_->certificate_digest,
                       .configuration = stage_.stage.configuration_digest(),
                       .reason = request_.reason,
                       .actor = {.name = {.value = request_.actor},
                                 .uid = {.value = std::to_string(peer.uid), .standing = ActorPart::Standing::verified},
                                 .host = {.value = request_.host}},
                       .mops_version = program_version(),
                       .requested = requested,
                       .switched = parts_.world.clock.now(),
                       .steps = steps_,
                       .gates = request_.gates};
  if (record.from) {
    const gateway::VersionStats stats = stats_of(record.from->payload);
    record.requests = stats.requests;
    record.failed = stats.failed;
  }
  return record;
}

/// The journal first, fsynced; then the swap. A platform that dies in between finds the new version in its journal.
Result<JournalRecord> Switch::commit(const Peer& peer, SystemTime requested) {
  const std::lock_guard lock(parts_.mutex);
  if (token_.stop_requested()) return fail(stopped());
  ModelState& model = stage_.models[request_.model];
  JournalRecord record = make_record(peer, requested, model.history.primary);
  std::vector<JournalRecord> journal;
  {
    const std::lock_guard state_lock(parts_.state_mutex);
    MOPS_ASSIGN(journal, parts_.state.journal(request_.model, stage_.stage.name));
    if (request_.expected_generation && *request_.expected_generation != journal.size()) return fail(somebody_was_faster(request_.model, journal));
    std::optional<Brought> brought;
    if (!request_.incoming.empty()) {
      MOPS_ASSIGN(Binding bound, binding_locked());
      brought = {.binding = std::move(bound), .texts = version_->texts};
    }
    MOPS_ASSIGN(record, parts_.state.append(std::move(record), brought));
  }
  journal.push_back(record);
  model = {.history = fold(journal)};
  if (started_here_ && !is_supervised_) parts_.supervisor.add(key_, spec_, instance_);
  parts_.publish();
  parts_.settle(stage_, request_.model);
  return record;
}

Result<SwitchPlan> Platform::plan(const SwitchRequest& request) {
  MOPS_ASSIGN(StageState* const stage, parts_->find_stage(request.stage));
  return Switch(*parts_, *stage, request, {}, {}).plan();
}

Result<JournalRecord> Platform::Parts::perform(const SwitchRequest& request, const Peer& peer, SystemTime requested, const ReportStep& report,
                                               std::stop_token token) {
  MOPS_ASSIGN(StageState* const stage, find_stage(request.stage));
  Switch work(*this, *stage, request, report, std::move(token));
  return request.kind == SwitchKind::drill ? work.rehearse(peer, requested) : work.run(peer, requested);
}

}  // namespace mops::platform
