#include "cli/commands/all.h"
#include "cli/platform_access.h"
#include "cli/traffic_view.h"
#include "platform/state_folder.h"


namespace mops::cli {
namespace {

class TrafficCommand final : public Command {
 public:
  [[nodiscard]] CommandText text() const override {
    return {.name = "traffic",
            .summary = "show how inputs and outputs of serving versions are spread",
            .examples = {"mops traffic", "mops traffic --in prod --format json", "mops traffic decisions/"}};
  }

  std::vector<Option> options() override {
    return {{.name = "FOLDER", .help = "where gateways record; without it, that of the platform", .target = &folder_},
            {.name = "--in", .value = "STAGE", .help = "of the platform, this stage", .target = &stage_},
            {.name = "--format", .value = "FORMAT", .help = "how to print", .target = &format_, .choices = {"text", "json"}},
            state_option(state_)};
  }

  Result<ExitCode> run(Env& env) override {
    if (!folder_.empty() && !stage_.empty()) return fail(ErrorCode::usage, "`--in` is about the platform, and a folder is given", "leave one of them out");
    MOPS_ASSIGN(const Path folder, find_folder(env));
    MOPS_ASSIGN(const std::vector<gateway::TrafficSnapshot> snapshots, read_snapshots(env, folder));
    if (snapshots.empty()) return fail(ErrorCode::not_found, fmt::format("`{}` has no record of traffic", folder.string()), "a gateway writes it within seconds of the first requests");
    const std::vector<gateway::VersionTraffic> versions = gateway::merge(snapshots);
    env.console.out(format_ == "json" ? to_json(versions) : to_text(versions, env.console));
    return ExitCode::done;
  }

 private:
  Result<Path> find_folder(Env& env) const {
    if (!folder_.empty()) return env.folder / folder_;
    MOPS_ASSIGN(const platform::StateFolder state, platform::StateFolder::find(state_, env.variables, env.folder));
    if (!stage_.empty()) return state.decisions(stage_);
    const Path all = state.decisions("x").parent_path();
    const auto entries = env.files.list(all);
    if (!entries || entries->empty()) return fail(ErrorCode::not_found, fmt::format("no platform has recorded traffic in `{}`", all.string()), "start one, `mops up -d`, or name the folder");
    if (entries->size() == 1) return state.decisions(entries->front().name);
    std::vector<std::string> names;
    for (const DirectoryEntry& entry : *entries) names.push_back(entry.name);
    return fail(ErrorCode::usage, "this platform has several stages", fmt::format("say which: `--in {}`", fmt::join(names, "`, `--in ")));
  }

  static Result<std::vector<gateway::TrafficSnapshot>> read_snapshots(Env& env, const Path& folder) {
    MOPS_ASSIGN(const std::vector<DirectoryEntry> entries, env.files.list(folder));
    std::vector<gateway::TrafficSnapshot> snapshots;
    for (const DirectoryEntry& entry : entries) {
      if (!gateway::is_traffic_file(entry.name)) continue;
      MOPS_ASSIGN(std::string text, env.files.read(folder / entry.name));
      MOPS_ASSIGN(snapshots.emplace_back(), gateway::read_traffic(document::parse_json({.path = entry.name, .text = std::move(text)})));
    }
    return snapshots;
  }

  std::string folder_;
  std::string stage_;
  std::string format_ = "text";
  std::string state_;
};

}  // namespace

std::unique_ptr<Command> make_traffic_command() { return std::make_unique<TrafficCommand>(); }

}  // namespace mops::cli
