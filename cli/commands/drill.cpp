#include "cli/commands/all.h"
#include "cli/switch_command.h"

namespace mops::cli {
namespace {

class DrillCommand final : public SwitchCommand {
 public:
  DrillCommand() { reason_ = "rehearsal"; }

  [[nodiscard]] CommandText text() const override {
    return {.name = "drill",
            .summary = "rehearse a rollback: to the standby and back, under live requests; its time goes into the journal",
            .examples = {"mops drill churn", "mops drill churn --in production -m \"monthly drill\""}};
  }

  std::vector<Option> options() override {
    std::vector<Option> options = {{.name = "NAME", .help = "the model", .target = &model_, .presence = Presence::required},
                                   {.name = "--in", .value = "STAGE", .help = "in this stage (the only one)", .target = &stage_}};
    add_common_options(options, Presence::optional);
    return options;
  }

  Result<ExitCode> run(Env& env) override {
    MOPS_ASSIGN(const std::string model, model::parse_name(model_));
    MOPS_ASSIGN(platform::AdminClient client, platform_of(env, state_));
    return perform(env, client, {.kind = platform::SwitchKind::drill, .stage = stage_, .model = model}, nullptr);
  }

 private:
  std::string model_;
  std::string stage_;
};

}  // namespace

std::unique_ptr<Command> make_drill_command() { return std::make_unique<DrillCommand>(); }

}  // namespace mops::cli
