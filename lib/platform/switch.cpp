#include "base/folder_lock.h"
#include "certify/answers.h"
#include "platform/parts.h"
#include "target/serving.h"

namespace mops::platform {
namespace {

std::string shown(const std::string& model, const VersionLabel& label) { return fmt::format("{}@{}", model, label.version.to_string()); }

/// What a version must satisfy when it comes to a stage; what expires or is set later never stops a rollback.
Result<void> admit(const Stage& stage, const StoredVersion& version, SystemTime now) {
  if (!stage.trusted_keys.empty() && std::find(stage.trusted_keys.begin(), stage.trusted_keys.end(), version.key_id) == stage.trusted_keys.end())
    return fail(ErrorCode::refused, fmt::format("the certificate is signed by key {}, which stage `{}` does not trust", version.key_id.substr(0, 16), stage.name),
                "certify with a key of the stage, or add the key id to `trusted_keys` in stages.yaml");
  if (stage.level == model::Level::production && version.manifest.level != model::Level::production)
    return fail(ErrorCode::refused, fmt::format("stage `{}` takes models of level `production`, this one is a `prototype`", stage.name),
                "`mops check --level production` says what is missing");
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

Result<tensor::Dataset> certified_dataset(FileSystem& files, const StoredVersion& version) {
  const model::Dataset* dataset = version.manifest.find_dataset(version.certificate.dataset.name);
  if (dataset == nullptr || dataset->path.empty())
    return fail(ErrorCode::refused, fmt::format("the certified data set `{}` is not among the version's files", version.certificate.dataset.name));
  MOPS_ASSIGN(std::string text, files.read(version.folder.payload() / dataset->path));
  if (sha256(text) != version.certificate.dataset.sha256)
    return fail(ErrorCode::refused, fmt::format("`{}` is not the data set that was certified", dataset->path));
  return tensor::Dataset::parse(dataset->path, std::move(text));
}

Error somebody_was_faster(const std::string& model, const std::vector<JournalRecord>& journal) {
  if (journal.empty())
    return {.code = ErrorCode::refused, .message = fmt::format("`{}` has no journal in this stage, the request expects one", model),
            .help = "look at `mops status`, then decide again"};
  const JournalRecord& last = journal.back();
  return {.code = ErrorCode::refused,
          .message = fmt::format("{} was faster: {} {} at {} ({})", last.actor.name.value, last.kind == SwitchKind::promote ? "promoted" : "rolled back to",
                                 shown(model, last.to), to_rfc3339(last.switched), last.reason),
          .help = "look at `mops status`, then decide again"};
}

}  // namespace

/// One switch, from request to swapped route.
class Switch {
 public:
  Switch(Platform::Parts& parts, StageState& stage, const SwitchRequest& request, const ReportStep& report, std::stop_token token)
      : parts_(parts), stage_(stage), request_(request), report_(report), token_(std::move(token)) {}

  Result<JournalRecord> run(const Peer& peer, SystemTime requested) {
    MOPS_TRY(choose());
    MOPS_TRY(keep());
    if (auto up = bring_up(); !up) {
      give_back();
      return fail(std::move(up).error());
    }
    auto record = commit(peer, requested);
    if (record) return record;
    if (started_here_) (void)parts_.target.stop(instance_, std::chrono::seconds(5));
    give_back();
    return record;
  }

 private:
  RouteHistory history() {
    const std::lock_guard lock(parts_.mutex);
    const auto model = stage_.models.find(request_.model);
    return model == stage_.models.end() ? RouteHistory{} : model->second.history;
  }

  /// Where to go, and whether that makes sense now.
  Result<void> choose() {
    if (request_.kind == SwitchKind::promote) MOPS_TRY(refuse_after_a_fault());
    const RouteHistory now = history();
    if (!now.primary && request_.kind == SwitchKind::rollback)
      return fail(ErrorCode::not_found, fmt::format("no version of `{}` serves in stage `{}`", request_.model, stage_.stage.name), "`mops status` shows what does");
    if (request_.to) to_ = *request_.to;
    else if (now.standby) to_ = *now.standby;
    else
      return fail(ErrorCode::refused, fmt::format("there is no version before {} to go back to", shown(request_.model, *now.primary)),
                  now.withdrawn.empty() ? "it is the first one in this stage" : "the others are withdrawn; name one with `--to VERSION`, or promote one anew");
    key_ = route_key(stage_.stage.name, request_.model, to_.payload);
    // A primary that cannot be started is promoted again to replace what is broken about it.
    if (now.primary && *now.primary == to_ && !is_broken())
      return fail(ErrorCode::refused, fmt::format("{} serves already", shown(request_.model, *now.primary)), "nothing was changed");
    return {};
  }

  bool is_broken() {
    const auto states = parts_.supervisor.states();
    return std::any_of(states.begin(), states.end(),
                       [this](const target::StateChange& state) { return state.key == key_ && state.state == target::InstanceState::broken; });
  }

  /// Whoever promotes relies on what the journal says was done before. Going back is never held up.
  Result<void> refuse_after_a_fault() {
    const std::lock_guard lock(parts_.state_mutex);
    MOPS_TRY(parts_.verify_journal());
    for (const JournalFault& fault : parts_.faults)
      if (!fault.acknowledged)
        return fail(ErrorCode::refused, fmt::format("the journal of this platform is broken: {}", fault.message),
                    "`mops audit` shows what still holds; when you have looked, `mops audit --acknowledge -m REASON` lets promotions go on; `mops rollback` works all the "
                    "time");
    return {};
  }

  Result<void> keep() {
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
    if (version_->manifest.name != request_.model)
      return fail(ErrorCode::refused, fmt::format("payload {} is model `{}`, not `{}`", to_.payload.short_hex(), version_->manifest.name, request_.model));
    if (request_.kind == SwitchKind::rollback) {
      MOPS_ASSIGN(const bool served, has_served());
      if (served) return {};
    }
    return admit(stage_.stage, *version_, parts_.world.clock.now());
  }

  /// A rollback names any version (`--to`): one that never served in this stage was never admitted to it.
  Result<bool> has_served() {
    const std::lock_guard lock(parts_.state_mutex);
    MOPS_ASSIGN(const std::vector<JournalRecord> journal, parts_.state.journal(request_.model, stage_.stage.name));
    return std::any_of(journal.begin(), journal.end(), [this](const JournalRecord& record) { return record.to == to_; });
  }

  /// The first promotion of a name binds it to its repository, when it is committed.
  Result<Binding> binding() {
    const std::lock_guard lock(parts_.state_mutex);
    return binding_locked();
  }

  Result<Binding> binding_locked() {
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

  /// After this the version runs, is warm, and answers as certified.
  Result<void> bring_up() {
    bool is_supervised = false;
    for (const target::StateChange& state : parts_.supervisor.states()) {
      is_supervised = is_supervised || state.key == key_;
      // Ready with an error: its copy is damaged, it could not be started again.
      if (state.key != key_ || state.state != target::InstanceState::ready || state.error) continue;
      // The supervisor looks every now and then: it may have died a moment ago.
      if (parts_.target.ended(state.instance)) break;
      instance_ = state.instance;
      // Warm for as long as it has been standby: a rollback starts nothing and asks nothing.
      return {};
    }
    // What came with the request was verified when it was taken.
    if (request_.incoming.empty()) {
      MOPS_ASSIGN(version_, parts_.open_whole(to_.payload));
    }
    MOPS_ASSIGN(spec_, parts_.spec_of(stage_, to_, *version_, report_, token_));
    report_(fmt::format("starting {}", shown(request_.model, to_)));
    taken_from_supervisor_ = is_supervised;
    parts_.preparations.drop(key_);
    if (const auto stopped = parts_.supervisor.remove(key_)) (void)parts_.target.stop(*stopped, std::chrono::seconds(5));
    MOPS_ASSIGN(instance_, target::start_and_wait(parts_.target, spec_, parts_.world.clock, token_));
    started_here_ = true;
    report_(fmt::format("asking for the {} certified rows", version_->certificate.answers.rows.size()));
    auto same = warm_up();
    if (same) return same;
    Error error = target::explain_failure(parts_.target, instance_, std::move(same).error());
    (void)parts_.target.stop(instance_, std::chrono::seconds(5));
    return fail(std::move(error));
  }

  /// A standby that was down and could not be brought up for this switch is still the standby: the supervisor tries on.
  void give_back() {
    if (taken_from_supervisor_) parts_.supervisor.add_stopped(key_, spec_);
  }

  Result<void> warm_up() {
    MOPS_ASSIGN(const tensor::Dataset dataset, certified_dataset(parts_.world.files, *version_));
    certify::ModelClient client(parts_.world.transport, parts_.target.endpoints(instance_).front(), version_->manifest.serving.model, version_->manifest.interface);
    return certify::verify_answers(client, dataset, version_->certificate.answers, token_);
  }

  /// The journal first, fsynced; then the swap. A platform that dies in between finds the new version in its journal.
  Result<JournalRecord> commit(const Peer& peer, SystemTime requested) {
    const std::lock_guard lock(parts_.mutex);
    if (token_.stop_requested()) return fail(ErrorCode::interrupted, "stopped before the switch; the old version serves on", "run the same command again");
    ModelState& model = stage_.models[request_.model];
    JournalRecord record{.id = make_ulid(parts_.world.clock.now(), parts_.world.random),
                         .kind = request_.kind,
                         .platform = parts_.id,
                         .stage = stage_.stage.name,
                         .model = request_.model,
                         .from = model.history.primary,
                         .to = to_,
                         .certificate = version_->certificate_digest,
                         .configuration = stage_.stage.configuration_digest(),
                         .reason = request_.reason,
                         .actor = {.name = {.value = request_.actor},
                                   .uid = {.value = std::to_string(peer.uid), .standing = ActorPart::Standing::verified},
                                   .host = {.value = request_.host}},
                         .mops_version = MOPS_VERSION,
                         .requested = requested,
                         .switched = parts_.world.clock.now()};
    if (record.from) {
      for (const gateway::VersionStats& stats : stage_.gateway->stats().versions) {
        if (stats.model != request_.model || stats.payload != record.from->payload.hex()) continue;
        record.requests = stats.requests;
        record.failed = stats.failed;
      }
    }
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
    model = {.history = fold(journal), .since = record.switched};
    if (started_here_) parts_.supervisor.add(key_, spec_, instance_);
    parts_.publish();
    parts_.settle(stage_, request_.model);
    return record;
  }

  Platform::Parts& parts_;
  StageState& stage_;
  const SwitchRequest& request_;
  const ReportStep& report_;
  std::stop_token token_;
  VersionLabel to_;
  std::optional<StoredVersion> version_;
  std::string key_;
  target::VersionSpec spec_;
  target::Instance instance_;
  bool started_here_ = false;
  bool taken_from_supervisor_ = false;
};

Result<JournalRecord> Platform::Parts::perform(const SwitchRequest& request, const Peer& peer, SystemTime requested, const ReportStep& report,
                                               std::stop_token token) {
  MOPS_ASSIGN(StageState* const stage, find_stage(request.stage));
  return Switch(*this, *stage, request, report, std::move(token)).run(peer, requested);
}

}  // namespace mops::platform
