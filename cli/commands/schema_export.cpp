#include "cli/commands/all.h"
#include "cli/editor_schemas.h"
#include "cli/policies.h"
#include "cli/workspace.h"

namespace mops::cli {
namespace {

class SchemaExportCommand final : public Command {
 public:
  [[nodiscard]] CommandText text() const override {
    return {.name = "schema export",
            .summary = "write the schemas of the policy where editors look for them",
            .examples = {"mops schema export", "mops schema export --dry-run", "mops schema export /tmp/schemas"}};
  }

  std::vector<Option> options() override {
    return {{.name = "DIR", .help = "the folder to write them into (.mops/schemas)", .target = &directory_},
            {.name = "--dry-run", .help = "list the files, write nothing", .target = &dry_run_}};
  }

  Result<ExitCode> run(Env& env) override {
    MOPS_ASSIGN(const policy::Bundle bundle, bundle_here(env));
    const std::vector<Planned> files = plan(bundle);
    if (dry_run_) {
      for (const Planned& file : files) env.console.out(fmt::format("{}\n", (Path(directory_) / file.name).string()));
      return ExitCode::done;
    }
    const Path folder = folder_of(env, directory_);
    MOPS_TRY(env.files.make_directories(folder));
    for (const Planned& file : files) MOPS_TRY(env.files.write(folder / file.name, file.text));
    env.console.err(fmt::format("wrote {} schemas into {}\n", files.size(), directory_));
    warn_of_git(env, folder);
    return ExitCode::done;
  }

 private:
  struct Planned {
    std::string name;
    std::string text;
  };

  /// An organisation's own schemas stay as they are: they may refer to each other by name.
  static std::vector<Planned> plan(const policy::Bundle& bundle) {
    constexpr std::string_view k_own = "schemas/";
    std::vector<Planned> files;
    for (const EditorSchema& schema : editor_schemas(bundle.schemas())) files.push_back({.name = schema.file_name(), .text = schema.text()});
    for (const EmbeddedFile& file : bundle.own_files())
      if (file.path.starts_with(k_own)) files.push_back({.name = std::string(file.path.substr(k_own.size())), .text = std::string(file.content)});
    return files;
  }

  /// What git does not ignore becomes part of the next commit, and of the payload.
  void warn_of_git(Env& env, const Path& folder) const {
    auto workspace = Workspace::open(env, folder.string());
    if (!workspace) return;
    const auto ignored = workspace->repository().is_ignored(workspace->folder_in_repository(), "manifest-v1.json");
    if (ignored && !*ignored) env.console.err(fmt::format("warning: git does not ignore them: add `{}/` to .gitignore\n", directory_));
  }

  std::string directory_ = k_editor_schemas_folder;
  bool dry_run_ = false;
};

}  // namespace

std::unique_ptr<Command> make_schema_export_command() { return std::make_unique<SchemaExportCommand>(); }

}  // namespace mops::cli
