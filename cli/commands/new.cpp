#include "base/embedded_file.h"
#include "cli/commands/all.h"
#include "cli/editor_schemas.h"
#include "cli/platform_access.h"
#include "model/version.h"
#include "scaffold/new_model.h"

namespace mops::cli {
namespace {

class NewCommand final : public Command {
 public:
  [[nodiscard]] CommandText text() const override {
    return {.name = "new",
            .summary = "make a model repository that can be checked, certified and served at once",
            .examples = {"mops new churn --language python --task binary-classification", "mops new house-prices --language python --task regression --team pricing",
                         "mops new churn --language python --task regression --dry-run"}};
  }

  std::vector<Option> options() override {
    return {{.name = "NAME", .help = "the model's name: lower-case letters, digits and `-`", .target = &name_, .presence = Presence::required},
            {.name = "--language", .value = "LANGUAGE", .help = "what it is written in", .target = &language_, .presence = Presence::required},
            {.name = "--task", .value = "TASK", .help = "what it predicts: binary-classification or regression", .target = &task_, .presence = Presence::required},
            {.name = "--team", .value = "TEAM", .help = "who owns it (NAME-team)", .target = &team_},
            {.name = "--contact", .value = "ADDRESS", .help = "where to reach them (TEAM@example.com)", .target = &contact_},
            {.name = "--description", .value = "TEXT", .help = "what it predicts, in a sentence", .target = &description_},
            {.name = "--in", .value = "DIR", .help = "the folder to make it in (here)", .target = &parent_},
            {.name = "--no-git", .help = "do not make it a git repository with a first commit", .target = &no_git_},
            {.name = "--dry-run", .help = "list the files, write nothing", .target = &dry_run_}};
  }

  Result<ExitCode> run(Env& env) override {
    MOPS_ASSIGN(const std::string name, model::parse_name(name_));
    const std::string team = team_.value_or(name + "-team");
    const Path folder = env.folder / parent_ / name;
    const Surroundings around = look_around(env, folder);
    MOPS_ASSIGN(scaffold::WritePlan plan, scaffold::plan_new({.name = name,
                                                                    .language = language_,
                                                                    .task = task_,
                                                                    .folder = folder,
                                                                    .owner_team = team,
                                                                    .owner_contact = contact_.value_or(team + "@example.com"),
                                                                    .description = description_.value_or(fmt::format("A {} model. Say here what it predicts, and for whom.", task_)),
                                                                    .date = to_rfc3339(env.clock.now()).substr(0, 10),
                                                                    .mops_version = MOPS_VERSION},
                                                                   around == Surroundings::a_repository ? scaffold::PartScope::model : scaffold::PartScope::repository,
                                                                   embedded::templates()));
    add_editor_schemas(plan);
    if (dry_run_) {
      env.console.out(plan.describe());
      return ExitCode::done;
    }
    MOPS_TRY(scaffold::apply(env.files, plan));
    env.console.err(fmt::format("wrote {} files into {}\n", plan.files.size(), folder.string()));
    if (!no_git_) first_commit(env, folder, name, around);
    if (around == Surroundings::a_repository) env.console.err("hooks and CI belong at the root of the repository around it: `mops check` there checks every model\n");
    env.console.err(fmt::format("next: cd {} && mops check && mops certify\n", (Path(parent_) / name).string()));
    return ExitCode::done;
  }

 private:
  static void add_editor_schemas(scaffold::WritePlan& plan) {
    for (const EditorSchema& schema : editor_schemas(embedded::schemas()))
      plan.files.push_back({.path = fmt::format("{}/{}", k_editor_schemas_folder, schema.file_name()), .content = schema.text()});
    std::sort(plan.files.begin(), plan.files.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
  }

  enum class Surroundings { no_git, no_repository, a_repository };

  static Result<ProcessResult> git(Env& env, const Path& folder, std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "git");
    return run_process({.arguments = std::move(arguments), .folder = folder, .variables = env.variables}, env.stop);
  }

  /// What the folder will be in.
  static Surroundings look_around(Env& env, const Path& folder) {
    Path nearest_folder = folder.parent_path();
    while (!exists(env.files, nearest_folder) && nearest_folder.has_relative_path()) nearest_folder = nearest_folder.parent_path();
    const auto inside = git(env, nearest_folder, {"rev-parse", "--is-inside-work-tree"});
    if (!inside) return Surroundings::no_git;
    if (inside->exit_code != 0) return Surroundings::no_repository;
    // A folder that the repository around it ignores (build/, scratch/) gets a repository of its own.
    const auto ignored = git(env, nearest_folder, {"check-ignore", "-q", folder.lexically_normal().string() + "/"});
    return ignored && ignored->exit_code == 0 ? Surroundings::no_repository : Surroundings::a_repository;
  }

  /// Convenience: where git is missing, or does not want to, the user goes on by himself.
  static void first_commit(Env& env, const Path& folder, const std::string& name, Surroundings around) {
    if (around == Surroundings::no_git) {
      env.console.err("there is no `git` here: install it, then `git init`, `git add .` and `git commit`\n");
      return;
    }
    const bool is_monorepo = around == Surroundings::a_repository;
    if (!is_monorepo && git(env, folder, {"init", "-q", "-b", "main"}).value_or(ProcessResult{.exit_code = 1}).exit_code != 0) {
      env.console.err("`git init` failed: make it a repository before `mops check`\n");
      return;
    }
    const auto added = git(env, folder, {"add", "--", "."});
    const auto committed = git(env, folder, {"commit", "-q", "-m", fmt::format("Begin model {}", name), "--", "."});
    if (added && added->exit_code == 0 && committed && committed->exit_code == 0) {
      env.console.err(is_monorepo ? "committed it to the repository around it\n" : "made it a git repository with a first commit\n");
      return;
    }
    const std::string why = committed ? committed->errors : std::string();
    env.console.err(fmt::format("nothing is committed yet:\n{}then `git add . && git commit`\n", why));
  }

  std::string name_;
  std::string language_;
  std::string task_;
  std::optional<std::string> team_;
  std::optional<std::string> contact_;
  std::string parent_;
  std::optional<std::string> description_;
  bool no_git_ = false;
  bool dry_run_ = false;
};

}  // namespace

std::unique_ptr<Command> make_new_command() { return std::make_unique<NewCommand>(); }

}  // namespace mops::cli
