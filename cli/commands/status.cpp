#include "cli/commands/all.h"
#include "cli/journal_faults.h"
#include "cli/platform_access.h"
#include "cli/table.h"
#include "document/value.h"

namespace mops::cli {
namespace {

using platform::ModelStatus;
using platform::VersionStatus;

Colour colour_of(const VersionStatus& version) {
  if (version.state == "ready") return version.problem.empty() ? Colour::green : Colour::yellow;
  return version.state == "starting" || version.state == "preparing" ? Colour::yellow : Colour::red;
}

std::string milliseconds(const std::optional<double>& value) { return value ? fmt::format("{:.1f} ms", *value) : "-"; }

class StatusCommand final : public Command {
 public:
  [[nodiscard]] CommandText text() const override {
    return {.name = "status",
            .summary = "show which versions serve, which stand by, and how they do",
            .examples = {"mops status", "mops status churn", "mops status --format json"}};
  }

  std::vector<Option> options() override {
    return {{.name = "NAME", .help = "only this model", .target = &model_},
            {.name = "--format", .value = "FORMAT", .help = "how to print", .target = &format_, .choices = {"text", "json"}},
            state_option(state_)};
  }

  Result<ExitCode> run(Env& env) override {
    MOPS_ASSIGN(platform::AdminClient client, platform_of(env, state_));
    MOPS_ASSIGN(platform::PlatformStatus status, client.status(env.stop));
    for (platform::StageStatus& stage : status.stages) {
      std::erase_if(stage.models, [&](const ModelStatus& model) { return !model_.empty() && model.model != model_; });
      std::stable_sort(stage.models.begin(), stage.models.end(), [](const ModelStatus& a, const ModelStatus& b) { return a.condition() < b.condition(); });
    }
    if (format_ == "json") {
      env.console.out(to_json(to_value(status), document::JsonLayout::indented));
      return ExitCode::done;
    }
    warn(env, status);
    env.console.out(fmt::format("platform {}, mops {}, process {}, up since {}\n", status.platform, status.mops_version, status.pid,
                                to_rfc3339(status.started)));
    bool any = false;
    for (const platform::StageStatus& stage : status.stages) any = show(env, stage) || any;
    if (!any && !model_.empty())
      return fail(ErrorCode::not_found, fmt::format("no version of `{}` serves here", model_), "`mops status` lists the models");
    if (!any) env.console.err(fmt::format("next: mops promote NAME@VERSION -m REASON\n"));
    return ExitCode::done;
  }

 private:
  /// What needs a person comes first; a standby that does not answer is as bad as a primary: it is the way back.
  static void warn(Env& env, const platform::PlatformStatus& status) {
    for (const std::string& line : lines_about(status.journal_faults)) env.console.out(env.console.paint_out(Colour::red, line) + "\n");
    for (const platform::RouteProblem& problem : route_problems(status)) {
      const VersionStatus& version = problem.version;
      env.console.out(env.console.paint_out(Colour::red, fmt::format("! {} {}@{} in stage {} is {}: {}\n", problem.role, problem.model, version.label.version.to_string(),
                                                                     problem.stage, version.state, version.problem.empty() ? "not ready yet" : version.problem)));
      if (!version.help.empty()) env.console.out(fmt::format("  {}\n", version.help));
    }
  }

  static bool show(Env& env, const platform::StageStatus& stage) {
    env.console.out(fmt::format("\nstage {} on http://{}\n", env.console.paint_out(Colour::bold, stage.name), stage.listen));
    if (stage.models.empty()) {
      env.console.out("  no model serves here yet\n");
      return false;
    }
    using enum Table::Align;
    Table table({"MODEL", "VERSION", "ROLE", "STATE", "PAYLOAD", "REQUESTS", "FAILED", "P50", "P99", "SINCE"},
                {left, left, left, left, left, right, right, right, right, left});
    const SystemTime now = env.clock.now();
    const auto add = [&](const ModelStatus& model, const VersionStatus& version, const std::string& role, const std::string& since) {
      table.add({{model.model}, {version.label.version.to_string()}, {role}, {version.state, colour_of(version)}, {version.label.payload.short_hex()},
                 {std::to_string(version.requests)}, {std::to_string(version.failed), version.failed > 0 ? Colour::red : Colour::plain},
                 {milliseconds(version.p50_ms)}, {milliseconds(version.p99_ms)}, {since}});
    };
    for (const ModelStatus& model : stage.models) {
      if (model.primary) add(model, *model.primary, "primary", model.since ? ago(now, *model.since) : "");
      if (model.candidate) add(model, *model.candidate, fmt::format("candidate, {} %", model.candidate_share), "");
      if (model.standby) add(model, *model.standby, "standby", "");
      for (const platform::VersionLabel& label : model.withdrawn)
        table.add({{model.model}, {label.version.to_string()}, {"withdrawn"}, {"-"}, {label.payload.short_hex()}, {"-"}, {"-"}, {"-"}, {"-"}, {""}});
    }
    env.console.out(table.render(env.console));
    return true;
  }

  std::string model_;
  std::string format_ = "text";
  std::string state_;
};

}  // namespace

std::unique_ptr<Command> make_status_command() { return std::make_unique<StatusCommand>(); }

}  // namespace mops::cli
