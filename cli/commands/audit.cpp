#include "cli/commands/all.h"
#include "cli/journal_faults.h"
#include "cli/platform_access.h"
#include "cli/stage_tags.h"
#include "document/value.h"
#include "platform/version_store.h"

namespace mops::cli {
namespace {

using platform::CheckedJournal;
using platform::JournalRecord;

/// One thing that was looked at. `problem` is empty where it holds.
struct Check {
  std::string subject;
  std::string problem = {};
};

class AuditCommand final : public Command {
 public:
  [[nodiscard]] CommandText text() const override {
    return {.name = "audit",
            .summary = "hold the journal, the platform's copies and the stages' tags against each other",
            .examples = {"mops audit", "mops audit --stage production", "mops audit --acknowledge -m \"restored from last night's copy\""}};
  }

  std::vector<Option> options() override {
    return {{.name = "--stage", .value = "STAGE", .help = "only copies and tags of this stage; the journal is always looked at whole", .target = &stage_},
            {.name = "--acknowledge", .help = "the journal's faults are known: let promotions go on in spite of them", .target = &acknowledge_},
            {.name = "-m,--message", .value = "REASON", .help = "why they may go on; kept with the faults", .target = &reason_},
            {.name = "--repository", .value = "DIR", .help = "the model's repository, for its tags (here)", .target = &repository_},
            {.name = "--format", .value = "FORMAT", .help = "how to print", .target = &format_, .choices = {"text", "json"}},
            state_option(state_)};
  }

  Result<ExitCode> run(Env& env) override {
    if (acknowledge_ && reason_.find_first_not_of(" \t\n") == std::string::npos)
      return fail(ErrorCode::usage, "an acknowledgement needs a reason", "say with `-m REASON` what you found: it is kept and shown");
    MOPS_ASSIGN(platform::AdminClient client, platform_of(env, state_));
    MOPS_ASSIGN(const CheckedJournal journal, client.journal("", "", env.stop));
    if (acknowledge_) return acknowledge(env, client, journal);
    MOPS_ASSIGN(const platform::PlatformStatus status, client.status(env.stop));
    if (!stage_.empty() && std::none_of(status.stages.begin(), status.stages.end(), [&](const auto& stage) { return stage.name == stage_; }))
      return fail(ErrorCode::not_found, fmt::format("this platform has no stage `{}`", stage_), "`mops status` lists them");
    std::vector<Check> checks;
    check_journal(journal, checks);
    check_copies(env, status, checks);
    MOPS_TRY(check_tags(env, journal, checks));
    return show(env, journal, checks);
  }

 private:
  Result<ExitCode> acknowledge(Env& env, platform::AdminClient& client, const CheckedJournal& journal) {
    platform::AcknowledgeRequest request{.reason = reason_, .actor = acting_user(env).name};
    for (const platform::JournalFault& fault : journal.faults)
      if (!fault.acknowledged) request.faults.push_back(fault.id);
    if (request.faults.empty()) return fail(ErrorCode::refused, "the journal has no fault that is not acknowledged", "nothing was changed");
    MOPS_ASSIGN(const std::vector<platform::JournalFault> faults, client.acknowledge(request, env.stop));
    if (format_ == "json") env.console.out(to_json(to_value(faults), document::JsonLayout::indented));
    for (const std::string& line : lines_about(faults)) env.console.err(line + "\n");
    env.console.err("promotions may go on; next: mops audit\n");
    return ExitCode::done;
  }

  static void check_journal(const CheckedJournal& journal, std::vector<Check>& checks) {
    for (const platform::JournalFault& fault : journal.faults)
      if (!fault.acknowledged) checks.push_back({.subject = "journal", .problem = fault.message});
    if (!has_open_fault(journal.faults)) checks.push_back({.subject = fmt::format("journal of {} records", journal.records.size())});
  }

  /// Read from the platform's folder, so that the platform serves on meanwhile.
  void check_copies(Env& env, const platform::PlatformStatus& status, std::vector<Check>& checks) const {
    platform::VersionStore store(env.files, platform::StateFolder{.root = status.state_folder}.versions());
    for (const platform::StageStatus& stage : status.stages) {
      if (!stage_.empty() && stage.name != stage_) continue;
      for (const platform::ModelStatus& model : stage.models) {
        for (const auto& [version, role] : {std::pair(&model.primary, "primary"), std::pair(&model.standby, "standby")}) {
          if (!*version) continue;
          const auto whole = store.verify((*version)->label.payload);
          checks.push_back({.subject = fmt::format("copy of {}@{}, {} in {}", model.model, (*version)->label.version.to_string(), role, stage.name),
                            .problem = whole ? "" : whole.error().message});
        }
      }
    }
  }

  /// Of the model whose repository the user stands in or names; elsewhere there are no tags to compare.
  Result<void> check_tags(Env& env, const CheckedJournal& journal, std::vector<Check>& checks) {
    auto workspace = Workspace::open(env, repository_);
    if (!workspace && !repository_.empty()) return fail(std::move(workspace).error());
    if (!workspace) return {};
    const auto manifest = workspace->manifest(Side::commit);
    if (!manifest) return {};
    MOPS_ASSIGN(const std::vector<repository::Tag> tags, workspace->repository().tags(manifest->name));
    std::map<std::string, const repository::Tag*> by_name;
    for (const repository::Tag& tag : tags) {
      const auto parsed = model::parse_stage_tag(tag.name);
      if (parsed && parsed->name == manifest->name && (stage_.empty() || parsed->stage == stage_)) by_name[tag.name] = &tag;
    }
    for (const JournalRecord& record : journal.records) {
      if (record.model != manifest->name || (!stage_.empty() && record.stage != stage_)) continue;
      const std::string name = model::stage_tag(record.model, record.stage, record.number);
      Check& check = checks.emplace_back(Check{.subject = fmt::format("tag {}", name)});
      const auto found = by_name.find(name);
      if (found == by_name.end()) {
        check.problem = "is not in this repository: `git fetch --tags` brings what was published, `mops push` writes what is missing";
        continue;
      }
      if (found->second->message != stage_tag_message(record)) check.problem = fmt::format("says another thing than the journal: `git show {}`, `mops history {}`", name, record.model);
      by_name.erase(found);
    }
    for (const auto& [name, tag] : by_name)
      checks.push_back({.subject = fmt::format("tag {}", name), .problem = "has no record in this journal: another platform wrote it, or the record was removed"});
    return {};
  }

  Result<ExitCode> show(Env& env, const CheckedJournal& journal, const std::vector<Check>& checks) const {
    const bool all_hold = std::all_of(checks.begin(), checks.end(), [](const Check& check) { return check.problem.empty(); });
    const ExitCode code = all_hold ? ExitCode::done : ExitCode::answer_is_no;
    if (format_ == "json") {
      document::Value list = document::Value::list();
      for (const Check& check : checks)
        list.add(document::Value::map().set("subject", check.subject).set("holds", check.problem.empty()).set("problem", check.problem));
      env.console.out(to_json(to_value(journal.faults).set("format_version", 1).set("holds", all_hold).set("checks", std::move(list)), document::JsonLayout::indented));
      return code;
    }
    for (const Check& check : checks)
      env.console.out(check.problem.empty() ? fmt::format("holds  {}\n", check.subject)
                                            : env.console.paint_out(Colour::red, fmt::format("NO     {}: {}", check.subject, check.problem)) + "\n");
    for (const std::string& line : lines_about(journal.faults)) env.console.err(line + "\n");
    return code;
  }

  std::string stage_;
  bool acknowledge_ = false;
  std::string reason_;
  std::string repository_;
  std::string format_ = "text";
  std::string state_;
};

}  // namespace

std::unique_ptr<Command> make_audit_command() { return std::make_unique<AuditCommand>(); }

}  // namespace mops::cli
