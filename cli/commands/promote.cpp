#include "cli/client_warning.h"
#include "cli/commands/all.h"
#include "cli/incoming.h"
#include "cli/platform_access.h"
#include "cli/progress.h"
#include "cli/stage_tags.h"
#include "document/value.h"

#include <cmath>

namespace mops::cli {
namespace {

using platform::JournalRecord;
using platform::SwitchKind;
using platform::SwitchRequest;

/// What promote and rollback have in common: they ask the platform for a switch and tell how it went.
class SwitchCommand : public Command {
 protected:
  Result<ExitCode> perform(Env& env, platform::AdminClient& client, SwitchRequest request, Workspace* workspace) {
    if (trimmed_reason_is_empty()) return fail(ErrorCode::usage, "the reason is empty", "say why with `-m REASON`: it is kept in the journal");
    const ActingUser user = acting_user(env);
    request.reason = reason_;
    request.actor = user.name;
    request.host = user.host;
    warn_of_broken_clients(env, client, request);
    const SteadyTime begun = env.clock.steady();
    MOPS_ASSIGN(const JournalRecord record, client.perform(request, [&](const std::string& step) { env.console.err(step + " …\n"); }, env.stop));
    if (format_ == "json") {
      env.console.out(to_json(to_value(record), document::JsonLayout::indented));
    } else {
      const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(env.clock.steady() - begun);
      const std::string from = record.from ? fmt::format(" from {}", record.from->version.to_string()) : "";
      env.console.out(fmt::format("{} {}{} to {} in stage {} ({} ms, record {})\n", record.kind == SwitchKind::promote ? "promoted" : "rolled back",
                                  record.model, from, record.to.version.to_string(), record.stage, took.count(), record.id));
    }
    if (workspace != nullptr) tag(env, *workspace, record);
    env.console.err(record.kind == SwitchKind::promote ? fmt::format("next: mops status, mops logs {0} -f, mops rollback {0} -m REASON\n", record.model)
                                                       : fmt::format("next: mops status, mops logs {0}, mops history {0}\n", record.model));
    return ExitCode::done;
  }

  void add_common_options(std::vector<Option>& options) {
    options.push_back({.name = "-m,--message", .value = "REASON", .help = "why; kept in the journal", .target = &reason_, .presence = Presence::required});
    options.push_back({.name = "--repository", .value = "DIR", .help = "the model's repository (here)", .target = &repository_});
    options.push_back({.name = "--no-push", .help = "write the stage's tag, but do not publish it now", .target = &no_push_});
    options.push_back({.name = "--format", .value = "FORMAT", .help = "how to print the record", .target = &format_, .choices = {"text", "json"}});
    options.push_back(state_option(state_));
  }

  std::string reason_;
  std::string repository_;
  bool no_push_ = false;
  std::string format_ = "text";
  std::string state_;

 private:
  [[nodiscard]] bool trimmed_reason_is_empty() const { return reason_.find_first_not_of(" \t\n") == std::string::npos; }

  /// The switch is done; a tag that cannot be written or pushed now only waits for `mops push`.
  void tag(Env& env, Workspace& workspace, const JournalRecord& record) {
    const StageTags written = write_stage_tags(workspace, std::span(&record, 1));
    for (const Error& problem : written.problems)
      env.console.err(fmt::format("the stage's tag was not written: {}; `mops push` tries again\n", problem.message));
    if (no_push_) return;
    if (const auto published = publish_tags(env, workspace, written.names); !published)
      env.console.err(fmt::format("the tags were not published: {}; `mops push` tries again\n", published.error().message));
  }
};

Result<const platform::StageStatus*> stage_of(const platform::PlatformStatus& status, const std::string& wanted, const char* option) {
  std::vector<std::string> names;
  for (const platform::StageStatus& stage : status.stages) {
    if (stage.name == wanted || (wanted.empty() && status.stages.size() == 1)) return &stage;
    names.push_back(stage.name);
  }
  if (wanted.empty()) return fail(ErrorCode::usage, "this platform has several stages", fmt::format("say which: `{} {}`", option, fmt::join(names, fmt::format("`, `{} ", option))));
  return fail(ErrorCode::not_found, fmt::format("this platform has no stage `{}`", wanted), fmt::format("it has `{}`", fmt::join(names, "`, `")));
}

uint64_t generation_of(const platform::StageStatus& stage, const std::string& model) {
  for (const platform::ModelStatus& row : stage.models)
    if (row.model == model) return row.generation;
  return 0;
}

class PromoteCommand final : public SwitchCommand {
 public:
  [[nodiscard]] CommandText text() const override {
    return {.name = "promote",
            .summary = "make a released, certified version the one that serves; the one before stays warm",
            .examples = {"mops promote churn@1.1.0 -m \"fewer false alarms\"", "mops promote churn@1.1.0 --to production -m \"change 4711\"",
                         "mops promote churn@1.1.0 --dry-run -m try", "mops promote churn@1.1.0 --steps 1,5,25,50,100 -m \"carefully\""}};
  }

  std::vector<Option> options() override {
    std::vector<Option> options = {{.name = "NAME@VERSION", .help = "what to promote, such as churn@1.1.0", .target = &wanted_, .presence = Presence::required},
                                   {.name = "--to", .value = "STAGE", .help = "to this stage (the only one)", .target = &stage_},
                                   {.name = "--dry-run", .help = "show the plan, change nothing", .target = &dry_run_},
                                   {.name = "--steps", .value = "SHARES", .help = "shift in these steps of percent, such as 1,5,25,50,100 (at once)", .target = &steps_},
                                   {.name = "--step-time", .value = "SECONDS", .help = "hold each step for at least so long (10)", .target = &step_time_},
                                   {.name = "--step-requests", .value = "COUNT",
                                    .help = "and until the new version has answered so many (50)", .target = &step_requests_},
                                   {.name = "--emergency", .help = "look at no capacity and no step; recorded in the journal", .target = &emergency_}};
    add_common_options(options);
    return options;
  }

  Result<ExitCode> run(Env& env) override {
    MOPS_ASSIGN(const model::VersionedName wanted, model::VersionedName::parse(wanted_));
    MOPS_ASSIGN(const platform::ShiftPlan shift, shift_plan());
    MOPS_ASSIGN(platform::AdminClient client, platform_of(env, state_));
    MOPS_ASSIGN(const platform::PlatformStatus status, client.status(env.stop));
    MOPS_ASSIGN(const platform::StageStatus* const stage, stage_of(status, stage_, "--to"));
    SwitchRequest request{.kind = SwitchKind::promote, .stage = stage->name, .model = wanted.name, .expected_generation = generation_of(*stage, wanted.name),
                          .shift = shift, .gates = emergency_ ? platform::Gates::skipped : platform::Gates::held};

    MOPS_ASSIGN(Workspace workspace, Workspace::open(env, repository_));
    MOPS_ASSIGN(const Incoming incoming, Incoming::of_release(env, workspace, wanted, client.folder()));
    request.to = incoming.label();
    request.incoming = incoming.name();
    request.folder = workspace.folder_in_repository();
    request.repository = workspace.repository().place().root.string();
    // A shallow clone cannot tell; the platform then goes by what it knows.
    request.root_commit = workspace.repository().root_commit().value_or(repository::ObjectId{}).hex;
    if (dry_run_) return show_plan(env, client, *stage, request);
    return perform(env, client, std::move(request), &workspace);
  }

 private:
  [[nodiscard]] Result<platform::ShiftPlan> shift_plan() const {
    platform::ShiftPlan plan{.step_time = std::chrono::milliseconds(std::llround(std::clamp(step_time_, -1.0, 1e6) * 1000)),
                             .step_requests = static_cast<uint64_t>(std::max<int64_t>(step_requests_, 0))};
    if (step_requests_ < 0) return fail(ErrorCode::usage, fmt::format("found {} requests, expected 0 or more", step_requests_), "see `--step-requests`");
    if (steps_) {
      MOPS_ASSIGN(plan.steps, platform::parse_steps(*steps_));
    }
    if (steps_ && emergency_)
      return fail(ErrorCode::usage, "`--steps` and `--emergency` contradict each other", "an emergency goes at once; without `--emergency` each step is watched");
    MOPS_TRY(platform::validate(plan));
    return plan;
  }

  Result<ExitCode> show_plan(Env& env, platform::AdminClient& client, const platform::StageStatus& stage, const SwitchRequest& request) const {
    MOPS_ASSIGN(const platform::SwitchPlan plan, client.plan(request, env.stop));
    if (format_ == "json") {
      env.console.out(to_json(to_value(plan), document::JsonLayout::indented));
      return ExitCode::done;
    }
    std::string serving = "nothing";
    for (const platform::ModelStatus& model : stage.models)
      if (model.model == request.model && model.primary) serving = model.primary->label.version.to_string();
    env.console.out(fmt::format("plan: promote {} from {} to {} in stage {}\n", request.model, serving, request.to->version.to_string(), stage.name));
    for (size_t i = 0; i < plan.steps.size(); ++i) env.console.out(fmt::format("  {}. {}\n", i + 1, plan.steps[i]));
    env.console.err("nothing was changed; without `--dry-run` it is done\n");
    return ExitCode::done;
  }

  std::string wanted_;
  std::string stage_;
  bool dry_run_ = false;
  std::optional<std::string> steps_;
  double step_time_ = 10;
  int64_t step_requests_ = 50;
  bool emergency_ = false;
};

class RollbackCommand final : public SwitchCommand {
 public:
  [[nodiscard]] CommandText text() const override {
    return {.name = "rollback",
            .summary = "go back to the version before, which stands by warm; the one it leaves is withdrawn",
            .examples = {"mops rollback churn -m \"answers look wrong\"", "mops rollback churn --to 1.0.0 -m \"known good\"",
                         "mops rollback churn --in production -m \"incident 12\""}};
  }

  std::vector<Option> options() override {
    std::vector<Option> options = {{.name = "NAME", .help = "the model", .target = &model_, .presence = Presence::required},
                                   {.name = "--to", .value = "VERSION", .help = "to this certified version, instead of the one before", .target = &to_},
                                   {.name = "--in", .value = "STAGE", .help = "in this stage (the only one)", .target = &stage_}};
    add_common_options(options);
    return options;
  }

  Result<ExitCode> run(Env& env) override {
    MOPS_ASSIGN(const std::string model, model::parse_name(model_));
    MOPS_ASSIGN(platform::AdminClient client, platform_of(env, state_));
    SwitchRequest request{.kind = SwitchKind::rollback, .stage = stage_, .model = model};
    std::optional<Incoming> incoming;
    if (to_) MOPS_TRY(choose(env, client, request, incoming));
    // Where the user stands may be no repository, or another one: the way back must not depend on it.
    auto workspace = Workspace::open(env, repository_);
    return perform(env, client, std::move(request), workspace ? &*workspace : nullptr);
  }

 private:
  /// `--to`: a version that the platform keeps, else a released one from the repository.
  Result<void> choose(Env& env, platform::AdminClient& client, SwitchRequest& request, std::optional<Incoming>& incoming) {
    MOPS_ASSIGN(const model::Version version, model::Version::parse(*to_));
    MOPS_ASSIGN(const platform::CheckedJournal journal, client.journal(request.model, "", env.stop));
    for (auto record = journal.records.rbegin(); record != journal.records.rend(); ++record) {
      if (record->to.version != version) continue;
      request.to = record->to;
      return {};
    }
    auto workspace = Workspace::open(env, repository_);
    if (!workspace)
      return fail(ErrorCode::not_found, fmt::format("{}@{} never served on this platform", request.model, version.to_string()),
                  "run this in the model's repository, or say `--repository DIR`");
    MOPS_ASSIGN(incoming, Incoming::of_release(env, *workspace, {.name = request.model, .version = version}, client.folder()));
    request.to = incoming->label();
    request.incoming = incoming->name();
    request.folder = workspace->folder_in_repository();
    request.repository = workspace->repository().place().root.string();
    request.root_commit = workspace->repository().root_commit().value_or(repository::ObjectId{}).hex;
    return {};
  }

  std::string model_;
  std::optional<std::string> to_;
  std::string stage_;
};

}  // namespace

std::unique_ptr<Command> make_promote_command() { return std::make_unique<PromoteCommand>(); }
std::unique_ptr<Command> make_rollback_command() { return std::make_unique<RollbackCommand>(); }

}  // namespace mops::cli
