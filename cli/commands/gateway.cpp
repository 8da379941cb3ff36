#include "cli/commands/all.h"
#include "gateway/route_file.h"
#include "net/loop.h"

#include <condition_variable>
#include <mutex>

namespace mops::cli {
namespace {

/// How soon a change of the file is seen.
constexpr std::chrono::milliseconds k_look_again{200};

class GatewayCommand final : public Command {
 public:
  [[nodiscard]] CommandText text() const override {
    return {.name = "gateway",
            .summary = "the data plane alone: route requests of the Open Inference Protocol by a file",
            .examples = {"mops gateway routes.yaml", "mops gateway routes.yaml --check"}};
  }

  std::vector<Option> options() override {
    return {{.name = "FILE", .help = "the routes (routes/v1); read again when it changes", .target = &file_, .presence = Presence::required},
            {.name = "--check", .help = "only read the file", .target = &only_check_},
            {.name = "--drain-seconds", .value = "N", .help = "how long requests in flight may take at the end (300)", .target = &drain_seconds_}};
  }

  Result<ExitCode> run(Env& env) override {
    if (drain_seconds_ < 0 || drain_seconds_ > 86'400) return fail(ErrorCode::usage, "`--drain-seconds` lies between 0 and 86400");
    MOPS_ASSIGN(std::string text, env.files.read(env.folder / file_));
    MOPS_ASSIGN(gateway::RouteFile file, read(text));
    if (only_check_) {
      env.console.err(fmt::format("`{}` is sound: {} on `{}`\n", file_, count_of_models(file), file.listen.text()));
      return ExitCode::done;
    }
    net::raise_file_limit();
    MOPS_ASSIGN(const auto running, gateway::Gateway::start(file.listen, file.options));
    const std::string models = count_of_models(file);
    MOPS_TRY(running->swap(std::move(file.table)));
    env.console.err(fmt::format("serves {} on http://{}\nnext: change `{}` to route anew, Ctrl-C to stop\n", models, running->address().text(), file_));
    follow(env, *running, std::move(text));
    env.console.err("stopping: requests in flight are finished\n");
    if (running->stop(std::chrono::seconds(drain_seconds_))) return ExitCode::done;
    return fail(ErrorCode::outside, fmt::format("requests were still in flight after {} s, and were cut off", drain_seconds_));
  }

 private:
  [[nodiscard]] Result<gateway::RouteFile> read(const std::string& text) const { return gateway::read_route_file(document::parse({.path = file_, .text = text})); }

  static std::string count_of_models(const gateway::RouteFile& file) {
    const size_t count = file.table.models.size();
    return fmt::format("{} model{}", count, count == 1 ? "" : "s");
  }

  /// Takes over what changes in the file until it is time to stop. A file that is missing or not sound changes nothing.
  void follow(Env& env, gateway::Gateway& running, std::string text) const {
    std::mutex mutex;
    std::condition_variable_any stopped;
    std::unique_lock lock(mutex);
    std::string refused;
    while (!stopped.wait_for(lock, env.stop, k_look_again, [&env] { return env.stop.stop_requested(); })) {
      auto now = env.files.read(env.folder / file_);
      if (!now || *now == text || *now == refused) continue;
      if (auto changed = take_over(running, *now)) {
        env.console.err(fmt::format("took over `{}`: {}\n", file_, *changed));
        text = std::move(*now);
        refused.clear();
      } else {
        env.console.err(fmt::format("the routes stay as they were: {}\n", changed.error().message));
        refused = std::move(*now);
      }
    }
  }

  Result<std::string> take_over(gateway::Gateway& running, const std::string& text) const {
    MOPS_ASSIGN(gateway::RouteFile file, read(text));
    std::string models = count_of_models(file);
    MOPS_TRY(running.swap(std::move(file.table)));
    return models;
  }

  std::string file_;
  bool only_check_ = false;
  int64_t drain_seconds_ = 300;
};

}  // namespace

std::unique_ptr<Command> make_gateway_command() { return std::make_unique<GatewayCommand>(); }

}  // namespace mops::cli
