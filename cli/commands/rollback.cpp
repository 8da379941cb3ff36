#include "cli/commands/all.h"
#include "cli/incoming.h"
#include "cli/switch_command.h"

namespace mops::cli {
namespace {

using platform::SwitchKind;
using platform::SwitchRequest;

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
    add_common_options(options, Presence::required);
    return options;
  }

  Result<ExitCode> run(Env& env) override {
    MOPS_ASSIGN(const std::string model, model::parse_name(model_));
    MOPS_ASSIGN(platform::AdminClient client, platform_of(env, state_));
    SwitchRequest request{.kind = SwitchKind::rollback, .stage = stage_, .model = model};
    std::optional<Incoming> incoming;
    if (to_) MOPS_TRY(choose(env, client, request, incoming));
    return perform(env, client, std::move(request), nullptr);
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
    request.folder = incoming->folder_in_repository();
    request.repository = workspace->repository().place().root.string();
    request.root_commit = workspace->repository().root_commit().value_or(repository::ObjectId{}).hex;
    return {};
  }

  std::string model_;
  std::optional<std::string> to_;
  std::string stage_;
};

}  // namespace

std::unique_ptr<Command> make_rollback_command() { return std::make_unique<RollbackCommand>(); }

}  // namespace mops::cli
