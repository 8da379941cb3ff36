#include "base/text.h"
#include "cli/commands/all.h"
#include "cli/policies.h"
#include "cli/table.h"
#include "document/value.h"
#include "policy/rule.h"

namespace mops::cli {
namespace {

using document::Value;

/// A rule of the program, or all those of a schema that the policy holds files against.
struct Row {
  std::string id;                               ///< `acme/*` for those of a schema
  std::string reason;
  policy::Strictness strictness;
  const policy::RuleExample* example = nullptr; ///< none for those of a schema
};

std::vector<Row> rows_of(const policy::Policy& policy) {
  std::vector<Row> rows;
  for (const policy::Rule& rule : policy::rules())
    rows.push_back({.id = std::string(rule.id), .reason = std::string(rule.reason), .strictness = *policy.strictness(rule.id), .example = &rule.example});
  for (const policy::DocumentDemand& demand : policy.file().documents)
    rows.push_back({.id = demand.rules + "/*", .reason = demand.reason, .strictness = demand.strictness});
  std::stable_sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) { return a.id < b.id; });
  return rows;
}

std::string_view word_of(const std::optional<Severity>& severity) {
  if (!severity) return "-";
  return *severity == Severity::error ? "error" : *severity == Severity::warning ? "warning" : "note";
}

Value value_of(const Row& row) {
  const policy::Strictness& strict = row.strictness;
  Value value = Value::map();
  value.set("id", row.id).set("prototype", word_of(strict.at_prototype)).set("production", word_of(strict.at_production));
  if (strict.from) value.set("from", strict.from_date);
  value.set("waivers", strict.waivers == policy::WaiverRight::allowed ? "allowed" : "refused").set("reason", row.reason);
  if (row.example != nullptr)
    value.set("example", Value::map().set("path", row.example->path).set("before", row.example->before).set("after", row.example->after).set("message", row.example->message));
  return value;
}

class PolicyRulesCommand final : public Command {
 public:
  [[nodiscard]] CommandText text() const override {
    return {.name = "policy rules",
            .summary = "list every rule of the policy, how strict it is at each level, and why it is there",
            .examples = {"mops policy rules", "mops policy rules notes/version-mismatch", "mops policy rules --policy ../policy --format json"}};
  }

  std::vector<Option> options() override {
    return {{.name = "RULE", .help = "only this one, with an example", .target = &id_},
            {.name = "--policy", .value = "DIR", .help = "the folder of a policy, instead of the one that the mops.yaml here names", .target = &policy_},
            {.name = "--format", .value = "FORMAT", .help = "how to print", .target = &format_, .choices = {"text", "json"}}};
  }

  Result<ExitCode> run(Env& env) override {
    MOPS_ASSIGN(const policy::Policy policy, policy_here(env, policy_));
    const std::vector<Row> rows = rows_of(policy);
    if (id_) return show_one(env, rows);
    if (format_ == "json") {
      Value list = Value::list();
      for (const Row& row : rows) list.add(value_of(row));
      env.console.out(to_json(Value::map().set("format_version", 1).set("policy", policy.bundle().origin()).set("rules", std::move(list)), document::JsonLayout::indented));
      return ExitCode::done;
    }
    Table table({"RULE", "PROTOTYPE", "PRODUCTION", "WHY"});
    for (const Row& row : rows) {
      const policy::Strictness& strict = row.strictness;
      const std::string from = strict.from ? fmt::format(" (from {} on)", strict.from_date) : "";
      table.add({{row.id}, {std::string(word_of(strict.at_prototype))}, {std::string(word_of(strict.at_production))}, {row.reason + from}});
    }
    env.console.out(table.render(env.console));
    return ExitCode::done;
  }

 private:
  Result<ExitCode> show_one(Env& env, const std::vector<Row>& rows) {
    const auto is_meant = [&](const Row& row) { return row.id == *id_ || (row.example == nullptr && id_->starts_with(row.id.substr(0, row.id.size() - 1))); };
    const auto row = std::find_if(rows.begin(), rows.end(), is_meant);
    if (row == rows.end()) {
      std::vector<std::string> ids;
      for (const Row& known : rows) ids.push_back(known.id);
      const auto near = nearest(*id_, ids);
      return fail(ErrorCode::not_found, fmt::format("there is no rule `{}`", *id_), near ? fmt::format("did you mean `{}`?", *near) : "`mops policy rules` lists them");
    }
    if (format_ == "json") {
      env.console.out(to_json(value_of(*row), document::JsonLayout::indented));
      return ExitCode::done;
    }
    const policy::Strictness& strict = row->strictness;
    env.console.out(fmt::format("{}\n\n{}\n\nat level prototype: {}, at level production: {}{}{}\n", env.console.paint_out(Colour::bold, row->id), row->reason,
                                word_of(strict.at_prototype), word_of(strict.at_production), strict.from ? fmt::format(", from {} on", strict.from_date) : "",
                                strict.waivers == policy::WaiverRight::refused ? "; cannot be waived" : ""));
    if (row->example == nullptr) return ExitCode::done;
    const policy::RuleExample& example = *row->example;
    if (example.after.empty()) env.console.out(fmt::format("\nexample: `{}` is removed\n", example.path));
    else if (example.before.empty()) env.console.out(fmt::format("\nexample: `{}` is\n\n{}\n", example.path, example.after));
    else env.console.out(fmt::format("\nexample: in `{}`\n\n  - {}\n  + {}\n\n", example.path, example.before, example.after));
    env.console.out(fmt::format("then: {}\n", example.message));
    return ExitCode::done;
  }

  std::optional<std::string> id_;
  std::optional<std::string> policy_;
  std::string format_ = "text";
};

}  // namespace

std::unique_ptr<Command> make_policy_rules_command() { return std::make_unique<PolicyRulesCommand>(); }

}  // namespace mops::cli
