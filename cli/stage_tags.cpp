#include "cli/stage_tags.h"

#include "repository/publication.h"

namespace mops::cli {

using platform::JournalRecord;

std::string stage_tag_message(const JournalRecord& record) {
  return fmt::format("{} {} to {} in {}\n\n{}\n\nRecord: {}\nPayload: {}\nActor: {}\nTime: {}\n", to_string(record.kind), record.model,
                     record.to.version.to_string(), record.stage, record.reason, record.id, record.to.payload.hex(), record.actor.name.value, to_rfc3339(record.switched));
}

StageTags write_stage_tags(Workspace& workspace, std::span<const JournalRecord> records) {
  StageTags tags;
  for (const JournalRecord& record : records) {
    const auto commit = workspace.repository().resolve(record.to.commit);
    if (!commit) continue;
    const std::string name = model::stage_tag(record.model, record.stage, record.number);
    if (auto created = workspace.repository().create_annotated_tag(name, *commit, stage_tag_message(record)); !created) tags.problems.push_back(std::move(created).error());
    else tags.names.push_back(name);
  }
  return tags;
}

Result<bool> publish_tags(Env& env, Workspace& workspace, std::span<const std::string> tags) {
  if (tags.empty()) return true;
  MOPS_ASSIGN(const std::vector<repository::Remote> remotes, workspace.repository().remotes());
  if (remotes.empty()) {
    env.console.err("the tags stay here: this repository has no remote (`git remote add origin URL`, then `mops push`)\n");
    return false;
  }
  std::string remote = remotes.front().name;
  for (const repository::Remote& candidate : remotes)
    if (candidate.name == "origin") remote = "origin";
  MOPS_ASSIGN(const auto pushed, repository::push_tags(workspace.repository().place().root, remote, tags, env.variables, env.stop));
  bool all = true;
  for (const repository::PushedTag& tag : pushed) {
    const bool there = tag.outcome == repository::PushOutcome::pushed || tag.outcome == repository::PushOutcome::already_there;
    all = all && there;
    env.console.err(fmt::format("tag {}: {}{}{}\n", tag.name, repository::to_string(tag.outcome), tag.reason.empty() ? "" : ": ", tag.reason));
  }
  if (!all) env.console.err("what did not arrive is published by `mops push`\n");
  return all;
}

}  // namespace mops::cli
