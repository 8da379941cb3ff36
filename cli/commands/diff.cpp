#include "cli/commands/all.h"
#include "cli/comparison_blocks.h"
#include "cli/comparison_json.h"
#include "cli/snapshots.h"

namespace mops::cli {
namespace {

class DiffCommand final : public Command {
 public:
  [[nodiscard]] CommandText text() const override {
    return {.name = "diff",
            .summary = "what differs between two versions: interface, metrics, latency, environment, card, notes, limits",
            .examples = {"mops diff", "mops diff 1.0.0 1.1.0", "mops diff 1.1.0 1.0.0", "mops diff main HEAD --format markdown", "mops diff 1.0.0 1.0.1 --exit-code"}};
  }

  std::vector<Option> options() override {
    return {{.name = "A", .help = "a version such as 1.0.0, a tag, or any revision of git (the newest release)", .target = &before_},
            {.name = "B", .help = "the same (the files on the disk)", .target = &after_},
            {.name = "--format", .value = "FORMAT", .help = "how to print", .target = &format_, .choices = {"text", "json", "markdown"}},
            {.name = "--exit-code", .help = "exit with 1 when B is a version that steps less far than the change of the interface demands", .target = &exit_code_},
            {.name = "--repository", .value = "DIR", .help = "the model's repository (here)", .target = &repository_}};
  }

  Result<ExitCode> run(Env& env) override {
    MOPS_ASSIGN(Workspace workspace, Workspace::open(env, repository_));
    MOPS_ASSIGN(const SnapshotPair pair, take_snapshots(env, workspace, before_, after_));
    const comparison::Comparison comparison = comparison::compare(pair.before, pair.after);
    if (format_ == "json") {
      env.console.out(to_json(comparison, pair.before, pair.after));
    } else {
      const std::vector<ComparisonBlock> blocks = blocks_of(comparison, pair.before, pair.after);
      env.console.out(format_ == "markdown" ? to_markdown(blocks) : to_text(blocks, env.console));
    }
    const auto step = comparison::step_between(pair.before, pair.after, comparison.interface);
    return exit_code_ && step && !step->is_enough() ? ExitCode::answer_is_no : ExitCode::done;
  }

 private:
  std::optional<std::string> before_;
  std::optional<std::string> after_;
  std::string format_ = "text";
  bool exit_code_ = false;
  std::string repository_;
};

}  // namespace

std::unique_ptr<Command> make_diff_command() { return std::make_unique<DiffCommand>(); }

}  // namespace mops::cli
