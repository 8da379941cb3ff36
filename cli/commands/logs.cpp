#include "cli/commands/all.h"
#include "cli/platform_access.h"
#include "target/log.h"

namespace mops::cli {
namespace {

class LogsCommand final : public Command {
 public:
  [[nodiscard]] CommandText text() const override {
    return {.name = "logs",
            .summary = "show what a serving version prints",
            .examples = {"mops logs churn", "mops logs churn -f", "mops logs churn --version 1.0.0 --lines 50"}};
  }

  std::vector<Option> options() override {
    return {{.name = "NAME", .help = "the model", .target = &model_, .presence = Presence::required},
            {.name = "-f,--follow", .help = "go on as more is printed, until Ctrl-C", .target = &follow_},
            {.name = "--lines", .value = "N", .help = "how many of the last lines (200)", .target = &lines_},
            {.name = "--version", .value = "VERSION", .help = "another version than the primary", .target = &version_},
            {.name = "--in", .value = "STAGE", .help = "in this stage", .target = &stage_},
            state_option(state_)};
  }

  Result<ExitCode> run(Env& env) override {
    if (lines_ < 0) return fail(ErrorCode::usage, fmt::format("`--lines {}`: found a negative number", lines_), "say how many lines, from 0");
    MOPS_ASSIGN(platform::AdminClient client, platform_of(env, state_));
    MOPS_ASSIGN(const Path log, find_log(client, env));
    const target::LogRequest request{.last_lines = static_cast<size_t>(lines_),
                                     .follow = follow_ ? target::LogRequest::Follow::yes : target::LogRequest::Follow::no};
    MOPS_TRY(target::show_log(log, request, [&](std::string_view bytes, bool) { env.console.out(bytes); }, env.stop));
    return ExitCode::done;
  }

 private:
  Result<Path> find_log(platform::AdminClient& client, Env& env) {
    MOPS_ASSIGN(const platform::PlatformStatus status, client.status(env.stop));
    for (const platform::StageStatus& stage : status.stages) {
      if (!stage_.empty() && stage.name != stage_) continue;
      for (const platform::ModelStatus& model : stage.models) {
        if (model.model != model_) continue;
        for (const auto& version : {model.primary, model.standby})
          if (version && (!version_ || version->label.version.to_string() == *version_)) return Path(version->log);
        return find_old_log(client, env, stage.name);
      }
    }
    return fail(ErrorCode::not_found, fmt::format("no version of `{}` serves here", model_), "`mops status` lists the models");
  }

  /// A version that left its route keeps its log.
  Result<Path> find_old_log(platform::AdminClient& client, Env& env, const std::string& stage) {
    MOPS_ASSIGN(const platform::CheckedJournal journal, client.journal(model_, stage, env.stop));
    for (const platform::JournalRecord& record : journal.records)
      if (record.to.version.to_string() == *version_) return client.folder().log(stage, model_, record.to.payload.hex());
    return fail(ErrorCode::not_found, fmt::format("`{}` never served version {} in stage `{}`", model_, *version_, stage), "`mops history` shows what did");
  }

  std::string model_;
  bool follow_ = false;
  int64_t lines_ = 200;
  std::optional<std::string> version_;
  std::string stage_;
  std::string state_;
};

}  // namespace

std::unique_ptr<Command> make_logs_command() { return std::make_unique<LogsCommand>(); }

}  // namespace mops::cli
