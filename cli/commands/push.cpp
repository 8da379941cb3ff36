#include "cli/commands/all.h"
#include "cli/platform_access.h"
#include "cli/stage_tags.h"

namespace mops::cli {
namespace {

class PushCommand final : public Command {
 public:
  [[nodiscard]] CommandText text() const override {
    return {.name = "push",
            .summary = "publish the tags of releases, promotions and rollbacks to the git host",
            .examples = {"mops push", "mops push --repository ../churn"}};
  }

  std::vector<Option> options() override {
    return {{.name = "--repository", .value = "DIR", .help = "the model's repository (here)", .target = &repository_}, state_option(state_)};
  }

  Result<ExitCode> run(Env& env) override {
    MOPS_ASSIGN(Workspace workspace, Workspace::open(env, repository_));
    MOPS_ASSIGN(const model::Manifest manifest, workspace.manifest(Side::commit));
    MOPS_ASSIGN(const bool all_written, write_missing_stage_tags(env, workspace, manifest.name));
    std::vector<std::string> tags;
    MOPS_ASSIGN(const auto present, workspace.repository().tags(manifest.name));
    for (const repository::Tag& tag : present) {
      const auto version = model::parse_version_tag(tag.name);
      const auto stage = model::parse_stage_tag(tag.name);
      if ((version && version->name == manifest.name) || (stage && stage->name == manifest.name)) tags.push_back(tag.name);
    }
    if (tags.empty()) {
      env.console.err(fmt::format("there is nothing to publish: `{}` has no release yet\n", manifest.name));
      return ExitCode::done;
    }
    MOPS_ASSIGN(const bool all_there, publish_tags(env, workspace, tags));
    if (!all_there) return ExitCode::outside_failed;
    return all_written ? ExitCode::done : ExitCode::answer_is_no;
  }

 private:
  /// The platform's journal is the truth; tags that a killed promote did not write are written now. False: one could not be
  /// written (standard error says why), which keeps nothing else from being published.
  Result<bool> write_missing_stage_tags(Env& env, Workspace& workspace, const std::string& model) {
    MOPS_ASSIGN(platform::AdminClient client, platform_of(env, state_));
    if (!platform::running_platform(client.folder())) return true;
    MOPS_ASSIGN(const platform::CheckedJournal journal, client.journal(model, "", env.stop));
    const StageTags tags = write_stage_tags(workspace, journal.records);
    for (const Error& problem : tags.problems)
      env.console.err(fmt::format("a stage's tag was not written: {}; if another platform has a stage of that name, `stages.yaml` renames this one\n", problem.message));
    return tags.problems.empty();
  }

  std::string repository_;
  std::string state_;
};

}  // namespace

std::unique_ptr<Command> make_push_command() { return std::make_unique<PushCommand>(); }

}  // namespace mops::cli
