#include "cli/commands/all.h"
#include "cli/completion.h"

namespace mops::cli {
namespace {

class CompletionCommand final : public Command {
 public:
  [[nodiscard]] CommandText text() const override {
    return {.name = "completion",
            .summary = "print a script with which a shell completes verbs, options and their values",
            .examples = {"source <(mops completion bash)", "mops completion zsh > ~/.zfunc/_mops", "mops completion fish | source"}};
  }

  std::vector<Option> options() override {
    return {{.name = "SHELL", .help = "for which shell", .target = &shell_, .presence = Presence::required, .choices = {"bash", "zsh", "fish"}}};
  }

  Result<ExitCode> run(Env& env) override {
    const auto commands = make_commands();
    env.console.out(shell_ == "bash" ? bash_completion(commands) : shell_ == "zsh" ? zsh_completion(commands) : fish_completion(commands));
    return ExitCode::done;
  }

 private:
  std::string shell_;
};

}  // namespace

std::unique_ptr<Command> make_completion_command() { return std::make_unique<CompletionCommand>(); }

}  // namespace mops::cli
