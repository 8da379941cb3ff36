#include "base/text.h"
#include "cli/commands/all.h"
#include "cli/environments.h"
#include "cli/served_model.h"

namespace mops::cli {
namespace {

class RunCommand final : public Command {
 public:
  [[nodiscard]] CommandText text() const override {
    return {.name = "run",
            .summary = "run a command of the model, or any other, in the model's locked environment",
            .examples = {"mops run train", "mops run test", "mops run serve", "mops run -- python -V"}};
  }

  std::vector<Option> options() override {
    return {{.name = "COMMAND", .help = "a name under `commands` in mops.yaml, `serve`, or after `--` any program with its arguments",
             .target = &words_, .presence = Presence::required},
            {.name = "--port", .value = "PORT", .help = "the port for `serve` (8000)", .target = &port_},
            {.name = "--repository", .value = "DIR", .help = "folder of the model (here)", .target = &directory_},
            {.name = "--state", .value = "DIR", .help = "folder for environments (MOPS_STATE, or ~/.local/state/mops)", .target = &state_}};
  }

  Result<ExitCode> run(Env& env) override {
    const Path folder = folder_of(env, directory_);
    MOPS_ASSIGN(const document::Document document, parse_manifest(env, folder));
    MOPS_ASSIGN(const model::Manifest manifest, model::read_manifest(document));
    MOPS_ASSIGN(std::vector<std::string> arguments, chosen_command(manifest));
    MOPS_ASSIGN(const platform::StateFolder state, platform::StateFolder::find(state_, env.variables, env.folder));
    MOPS_ASSIGN(const EnvironmentFile official, find_environment(env, document, folder, manifest.environment.name));
    Progress progress(env.console, env.clock);
    MOPS_ASSIGN(const target::PreparedEnvironment prepared, prepare_environment(env, official.environment, manifest, folder, state, progress));
    progress.clear();
    Variables variables = target::run_variables(official.environment, prepared.prefix, env.variables);
    if (words_.front() == "serve")
      for (const auto& [name, value] : manifest.serving.variables) variables.set(name, value);
    MOPS_ASSIGN(const int code, run_in_terminal({.arguments = std::move(arguments), .folder = folder, .variables = variables}));
    if (env.stop.stop_requested()) return ExitCode::interrupted;
    return static_cast<ExitCode>(code);
  }

 private:
  /// No git is needed to train.
  static Result<document::Document> parse_manifest(Env& env, const Path& folder) {
    auto text = env.files.read(folder / "mops.yaml");
    if (!text)
      return fail(ErrorCode::not_found, fmt::format("there is no `mops.yaml` in `{}`", folder.string()),
                  "go into a model's folder, or make one with `mops new NAME --language python --task binary-classification`");
    return document::parse_yaml({.path = "mops.yaml", .text = std::move(*text)});
  }

  Result<std::vector<std::string>> chosen_command(const model::Manifest& manifest) const {
    const std::string& name = words_.front();
    std::vector<std::string> arguments;
    if (name == "serve") {
      arguments = manifest.serving.command;
      for (std::string& argument : arguments) argument = replace_all(argument, "{port}", std::to_string(port_));
    } else if (const auto found = manifest.commands.find(name); found != manifest.commands.end()) {
      arguments = found->second;
    } else {
      // `--` has been taken by the parser: what is no name of a command is a program.
      return words_;
    }
    arguments.insert(arguments.end(), words_.begin() + 1, words_.end());
    return arguments;
  }

  std::vector<std::string> words_;
  int64_t port_ = 8000;
  std::string directory_;
  std::string state_;
};

}  // namespace

std::unique_ptr<Command> make_run_command() { return std::make_unique<RunCommand>(); }

}  // namespace mops::cli
