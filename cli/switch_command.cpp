#include "cli/switch_command.h"

#include "cli/client_warning.h"
#include "cli/stage_tags.h"
#include "document/value.h"

namespace mops::cli {

using platform::JournalRecord;
using platform::SwitchKind;

namespace {

/// `took`: as the user has waited.
std::string done(const JournalRecord& record, std::chrono::milliseconds took) {
  if (record.drill)
    return fmt::format("rehearsed the rollback of {} {} in stage {}: {:.1f} ms there, {:.1f} ms back (record {})\n", record.model, record.to.version.to_string(),
                       record.stage, record.drill->there_ms, record.drill->back_ms, record.id);
  const std::string from = record.from ? fmt::format(" from {}", record.from->version.to_string()) : "";
  return fmt::format("{} {}{} to {} in stage {} ({} ms, record {})\n", record.kind == SwitchKind::promote ? "promoted" : "rolled back", record.model, from,
                     record.to.version.to_string(), record.stage, took.count(), record.id);
}

std::string next(const JournalRecord& record) {
  switch (record.kind) {
    case SwitchKind::promote: return fmt::format("next: mops status, mops logs {0} -f, mops rollback {0} -m REASON\n", record.model);
    case SwitchKind::rollback: return fmt::format("next: mops status, mops logs {0}, mops history {0}\n", record.model);
    case SwitchKind::drill: return fmt::format("next: mops history {}\n", record.model);
  }
  return "";
}

}  // namespace

Result<ExitCode> SwitchCommand::perform(Env& env, platform::AdminClient& client, platform::SwitchRequest request, Workspace* workspace) {
  if (reason_.find_first_not_of(" \t\n") == std::string::npos)
    return fail(ErrorCode::usage, "the reason is empty", "say why with `-m REASON`: it is kept in the journal");
  const ActingUser user = acting_user(env);
  request.reason = reason_;
  request.actor = user.name;
  request.host = user.host;
  if (request.kind == SwitchKind::promote) warn_before(env, client, request);
  const SteadyTime begun = env.clock.steady();
  MOPS_ASSIGN(const JournalRecord record, client.perform(request, [&](const std::string& step) { env.console.err(step + " …\n"); }, env.stop));
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(env.clock.steady() - begun);
  env.console.out(format_ == "json" ? to_json(to_value(record), document::JsonLayout::indented) : done(record, took));
  if (record.kind == SwitchKind::rollback) warn_after(env, client.folder(), record);
  if (workspace != nullptr) tag(env, *workspace, record);
  else if (auto here = Workspace::open(env, repository_)) tag(env, *here, record);
  env.console.err(next(record));
  return ExitCode::done;
}

void SwitchCommand::add_common_options(std::vector<Option>& options, Presence reason) {
  options.push_back({.name = "-m,--message", .value = "REASON", .help = "why; kept in the journal", .target = &reason_, .presence = reason});
  options.push_back({.name = "--repository", .value = "DIR", .help = "the model's repository (here)", .target = &repository_});
  options.push_back({.name = "--no-push", .help = "write the stage's tag, but do not publish it now", .target = &no_push_});
  options.push_back({.name = "--format", .value = "FORMAT", .help = "how to print the record", .target = &format_, .choices = {"text", "json"}});
  options.push_back(state_option(state_));
}

/// The switch is done; a tag that cannot be written or pushed now only waits for `mops push`.
void SwitchCommand::tag(Env& env, Workspace& workspace, const JournalRecord& record) const {
  const StageTags written = write_stage_tags(workspace, std::span(&record, 1));
  for (const Error& problem : written.problems)
    env.console.err(fmt::format("the stage's tag was not written: {}; `mops push` tries again\n", problem.message));
  if (no_push_) return;
  if (const auto published = publish_tags(env, workspace, written.names); !published)
    env.console.err(fmt::format("the tags were not published: {}; `mops push` tries again\n", published.error().message));
}

}  // namespace mops::cli
