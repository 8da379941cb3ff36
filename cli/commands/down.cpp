#include "cli/commands/all.h"
#include "cli/platform_access.h"

#include <thread>

namespace mops::cli {
namespace {

class DownCommand final : public Command {
 public:
  [[nodiscard]] CommandText text() const override {
    return {.name = "down",
            .summary = "stop the platform and the versions it serves; the next `mops up` serves the same routes",
            .examples = {"mops down", "mops down --state /srv/mops"}};
  }

  std::vector<Option> options() override { return {state_option(state_)}; }

  Result<ExitCode> run(Env& env) override {
    MOPS_ASSIGN(platform::AdminClient client, platform_of(env, state_));
    const auto pid = platform::running_platform(client.folder());
    if (!pid) {
      env.console.err(fmt::format("no platform runs on `{}`\n", client.folder().root.string()));
      return ExitCode::done;
    }
    MOPS_TRY(client.request_stop(env.stop));
    const SteadyDeadline deadline(std::chrono::seconds(60));
    while (platform::running_platform(client.folder())) {
      if (env.stop.stop_requested()) return fail(ErrorCode::interrupted, "the platform is still stopping");
      if (deadline.passed())
        return fail(ErrorCode::outside, fmt::format("the platform (process {}) has not stopped within a minute", *pid), "look at `platform.log` in its folder");
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    env.console.err(fmt::format("stopped the platform on `{}`\n", client.folder().root.string()));
    return ExitCode::done;
  }

 private:
  std::string state_;
};

}  // namespace

std::unique_ptr<Command> make_down_command() { return std::make_unique<DownCommand>(); }

}  // namespace mops::cli
