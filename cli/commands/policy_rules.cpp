#include "base/text.h"
#include "cli/commands/all.h"
#include "cli/table.h"
#include "document/value.h"
#include "policy/rule.h"

namespace mops::cli {
namespace {

std::string_view word_of(const std::optional<Severity>& severity) {
  if (!severity) return "-";
  return *severity == Severity::error ? "error" : *severity == Severity::warning ? "warning" : "note";
}

class PolicyRulesCommand final : public Command {
 public:
  [[nodiscard]] CommandText text() const override {
    return {.name = "policy rules",
            .summary = "list every rule of the policy, how strict it is at each level, and why it is there",
            .examples = {"mops policy rules", "mops policy rules notes/version-mismatch", "mops policy rules --format json"}};
  }

  std::vector<Option> options() override {
    return {{.name = "RULE", .help = "only this one, with an example", .target = &id_},
            {.name = "--format", .value = "FORMAT", .help = "how to print", .target = &format_, .choices = {"text", "json"}}};
  }

  Result<ExitCode> run(Env& env) override {
    if (id_) return show_one(env);
    if (format_ == "json") {
      document::Value list = document::Value::list();
      for (const policy::Rule& rule : policy::rules()) list.add(value_of(rule));
      env.console.out(to_json(document::Value::map().set("format_version", 1).set("rules", std::move(list)), document::JsonLayout::indented));
      return ExitCode::done;
    }
    Table table({"RULE", "PROTOTYPE", "PRODUCTION", "WHY"});
    for (const policy::Rule& rule : policy::rules())
      table.add({{std::string(rule.id)}, {std::string(word_of(rule.at_prototype))}, {std::string(word_of(rule.at_production))}, {std::string(rule.reason)}});
    env.console.out(table.render(env.console));
    return ExitCode::done;
  }

 private:
  static document::Value value_of(const policy::Rule& rule) {
    using document::Value;
    return Value::map().set("id", rule.id).set("prototype", word_of(rule.at_prototype)).set("production", word_of(rule.at_production)).set("reason", rule.reason)
        .set("example", Value::map().set("path", rule.example.path).set("before", rule.example.before).set("after", rule.example.after).set("message", rule.example.message));
  }

  Result<ExitCode> show_one(Env& env) {
    const policy::Rule* rule = policy::find_rule(*id_);
    if (rule == nullptr) {
      std::vector<std::string> ids;
      for (const policy::Rule& known : policy::rules()) ids.emplace_back(known.id);
      const auto near = nearest(*id_, ids);
      return fail(ErrorCode::not_found, fmt::format("there is no rule `{}`", *id_), near ? fmt::format("did you mean `{}`?", *near) : "`mops policy rules` lists them");
    }
    if (format_ == "json") {
      env.console.out(to_json(value_of(*rule), document::JsonLayout::indented));
      return ExitCode::done;
    }
    env.console.out(fmt::format("{}\n\n{}\n\nat level prototype: {}, at level production: {}\n\n", env.console.paint_out(Colour::bold, rule->id), rule->reason,
                                word_of(rule->at_prototype), word_of(rule->at_production)));
    const policy::RuleExample& example = rule->example;
    if (example.after.empty()) env.console.out(fmt::format("example: `{}` is removed\n", example.path));
    else if (example.before.empty()) env.console.out(fmt::format("example: `{}` is\n\n{}\n", example.path, example.after));
    else env.console.out(fmt::format("example: in `{}`\n\n  - {}\n  + {}\n\n", example.path, example.before, example.after));
    env.console.out(fmt::format("then: {}\n", example.message));
    return ExitCode::done;
  }

  std::optional<std::string> id_;
  std::string format_ = "text";
};

}  // namespace

std::unique_ptr<Command> make_policy_rules_command() { return std::make_unique<PolicyRulesCommand>(); }

}  // namespace mops::cli
