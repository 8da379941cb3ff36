#include "cli/commands/all.h"
#include "cli/incoming.h"
#include "cli/switch_command.h"
#include "document/value.h"

#include <cmath>

namespace mops::cli {
namespace {

using platform::SwitchKind;
using platform::SwitchRequest;

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
    add_common_options(options, Presence::required);
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
    request.folder = incoming.folder_in_repository();
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

}  // namespace

std::unique_ptr<Command> make_promote_command() { return std::make_unique<PromoteCommand>(); }

}  // namespace mops::cli
