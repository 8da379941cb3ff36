#include "base/text.h"
#include "cli/commands/all.h"
#include "cli/policies.h"
#include "document/value.h"
#include "policy/rule.h"

namespace mops::cli {
namespace {

using document::Value;
using policy::Policy;

std::string word_of(const std::optional<Severity>& severity) {
  if (!severity) return "off";
  return *severity == Severity::error ? "error" : *severity == Severity::warning ? "warning" : "note";
}

class PolicyShowCommand final : public Command {
 public:
  [[nodiscard]] CommandText text() const override {
    return {.name = "policy show",
            .summary = "say which policy holds: its version and digest, its environments, and where it differs from the built-in one",
            .examples = {"mops policy show", "mops policy show ../policy", "mops policy show ../policy --format json"}};
  }

  std::vector<Option> options() override {
    return {{.name = "DIR", .help = "the folder of a policy (the one that mops.yaml here names, else the built-in one)", .target = &folder_},
            {.name = "--format", .value = "FORMAT", .help = "how to print", .target = &format_, .choices = {"text", "json"}}};
  }

  Result<ExitCode> run(Env& env) override {
    MOPS_ASSIGN(policy::Bundle bundle, find_bundle(env));
    MOPS_ASSIGN(const Policy policy, Policy::load(std::move(bundle)));
    env.console.out(format_ == "json" ? to_json(value_of(policy), document::JsonLayout::indented) : text_of(policy));
    return ExitCode::done;
  }

 private:
  Result<policy::Bundle> find_bundle(Env& env) const {
    if (folder_) return policy::Bundle::read(env.files, (env.folder / *folder_).lexically_normal(), built_in_bundle(), *folder_);
    return bundle_here(env);
  }

  static Value value_of(const Policy& policy) {
    Value rules = Value::map();
    for (const auto& [id, strict] : policy.file().rules) {
      Value rule = Value::map().set("prototype", word_of(strict.at_prototype)).set("production", word_of(strict.at_production));
      if (!strict.from_date.empty()) rule.set("from", strict.from_date);
      rules.set(id, std::move(rule));
    }
    Value documents = Value::list();
    for (const auto& demand : policy.file().documents)
      documents.add(Value::map().set("rules", demand.rules).set("files", demand.files).set("schema", demand.schema).set("reason", demand.reason));
    Value environments = Value::list();
    for (const std::string& name : policy.environment_names())
      environments.add(Value::map().set("name", name).set("expires", policy.find_environment(name)->expiry_date));
    return Value::map().set("format_version", 1).set("name", policy.file().name).set("version", policy.file().version).set("description", policy.file().description)
        .set("origin", policy.bundle().origin()).set("digest", policy.bundle().digest().hex()).set("rules", std::move(rules)).set("documents", std::move(documents))
        .set("environments", std::move(environments));
  }

  static std::string text_of(const Policy& policy) {
    std::string out = fmt::format("policy {} {} ({})\ndigest {}\n", policy.file().name, policy.file().version, policy.bundle().origin(), policy.bundle().digest().hex());
    if (!policy.file().description.empty()) out += policy.file().description + "\n";
    out += "\nofficial environments:\n";
    for (const std::string& name : policy.environment_names())
      out += fmt::format("  {} until {}\n", name, policy.find_environment(name)->expiry_date);
    if (!policy.file().rules.empty()) out += "\nrules, where they differ from the built-in policy:\n";
    for (const auto& [id, strict] : policy.file().rules)
      out += fmt::format("  {}: {} at prototype, {} at production{}{}\n", id, word_of(strict.at_prototype), word_of(strict.at_production),
                         strict.from_date.empty() ? "" : ", from " + strict.from_date + " on",
                         strict.waivers == policy::WaiverRight::refused ? ", cannot be waived" : "");
    if (!policy.file().documents.empty()) out += "\nfiles with a schema of this policy:\n";
    for (const auto& demand : policy.file().documents)
      out += fmt::format("  {} must fit {}: {}\n", demand.files, demand.schema, demand.reason);
    return out;
  }

  std::optional<std::string> folder_;
  std::string format_ = "text";
};

}  // namespace

std::unique_ptr<Command> make_policy_show_command() { return std::make_unique<PolicyShowCommand>(); }

}  // namespace mops::cli
