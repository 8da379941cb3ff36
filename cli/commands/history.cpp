#include "cli/commands/all.h"
#include "cli/journal_faults.h"
#include "cli/platform_access.h"
#include "cli/table.h"
#include "document/value.h"

namespace mops::cli {
namespace {

using platform::JournalRecord;

std::string label_text(const std::optional<platform::VersionLabel>& label) { return label ? label->version.to_string() : "-"; }

class HistoryCommand final : public Command {
 public:
  [[nodiscard]] CommandText text() const override {
    return {.name = "history",
            .summary = "show what was promoted and rolled back, when, by whom and why",
            .examples = {"mops history", "mops history churn", "mops history churn --at 2026-11-23", "mops history --format json"}};
  }

  std::vector<Option> options() override {
    return {{.name = "NAME", .help = "only this model", .target = &model_},
            {.name = "--in", .value = "STAGE", .help = "only this stage", .target = &stage_},
            {.name = "--at", .value = "DATE", .help = "what served at the end of that day, or at that time (RFC 3339)", .target = &at_},
            {.name = "--format", .value = "FORMAT", .help = "how to print", .target = &format_, .choices = {"text", "json"}},
            state_option(state_)};
  }

  Result<ExitCode> run(Env& env) override {
    MOPS_ASSIGN(platform::AdminClient client, platform_of(env, state_));
    std::optional<SystemTime> at;
    if (at_) {
      MOPS_ASSIGN(at, parse_time(*at_, DateMeans::end_of_day));
    }
    MOPS_ASSIGN(platform::CheckedJournal journal, client.journal(model_, stage_, env.stop));
    std::vector<JournalRecord>& records = journal.records;
    if (at) std::erase_if(records, [&](const JournalRecord& record) { return record.switched > *at; });
    if (at) keep_last_of_each(records);
    if (format_ == "json") {
      env.console.out(to_json(to_value(journal), document::JsonLayout::indented));
      return ExitCode::done;
    }
    for (const std::string& line : lines_about(journal.faults)) env.console.out(env.console.paint_out(Colour::red, line) + "\n");
    if (records.empty()) {
      env.console.err(at ? fmt::format("nothing served at {}\n", to_rfc3339(*at)) : "nothing has been promoted yet\n");
      return ExitCode::done;
    }
    env.console.out(at ? serving_table(records).render(env.console) : history_table(records).render(env.console));
    return ExitCode::done;
  }

 private:
  static void keep_last_of_each(std::vector<JournalRecord>& records) {
    std::map<std::pair<std::string, std::string>, JournalRecord> last;
    for (const JournalRecord& record : records)
      if (record.kind != platform::SwitchKind::drill) last[{record.stage, record.model}] = record;
    records.clear();
    for (auto& [key, record] : last) records.push_back(std::move(record));
  }

  static Table history_table(const std::vector<JournalRecord>& records) {
    Table table({"TIME", "STAGE", "MODEL", "N", "KIND", "FROM", "TO", "BY", "REASON"});
    for (const JournalRecord& record : records) {
      const bool back = record.kind == platform::SwitchKind::rollback;
      const std::string times = record.drill ? fmt::format(" ({:.1f} ms there, {:.1f} ms back)", record.drill->there_ms, record.drill->back_ms) : "";
      table.add({{to_rfc3339(record.switched)}, {record.stage}, {record.model}, {std::to_string(record.number)},
                 {std::string(to_string(record.kind)), back ? Colour::yellow : Colour::plain}, {label_text(record.from)}, {label_text(record.to)},
                 {record.actor.name.value}, {record.reason + times}});
    }
    return table;
  }

  static Table serving_table(const std::vector<JournalRecord>& records) {
    Table table({"STAGE", "MODEL", "VERSION", "PAYLOAD", "COMMIT", "SINCE", "BY", "REASON"});
    for (const JournalRecord& record : records)
      table.add({{record.stage}, {record.model}, {record.to.version.to_string()}, {record.to.payload.short_hex()}, {record.to.commit.substr(0, 12)},
                 {to_rfc3339(record.switched)}, {record.actor.name.value}, {record.reason}});
    return table;
  }

  std::string model_;
  std::string stage_;
  std::optional<std::string> at_;
  std::string format_ = "text";
  std::string state_;
};

}  // namespace

std::unique_ptr<Command> make_history_command() { return std::make_unique<HistoryCommand>(); }

}  // namespace mops::cli
