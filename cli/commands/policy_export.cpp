#include "cli/commands/all.h"
#include "cli/policies.h"
#include "model/version.h"
#include "policy/rule.h"
#include "scaffold/write_plan.h"

namespace mops::cli {
namespace {

std::string_view word_of(const std::optional<Severity>& severity) {
  if (!severity) return "\"off\"";
  return *severity == Severity::error ? "error" : *severity == Severity::warning ? "warning" : "note";
}

/// Every rule is there to be edited, with its reason above it.
std::string policy_text(const std::string& name) {
  std::string text = fmt::format(
      "format: policy/v1\n"
      "name: {}\n"
      "version: \"1.0.0\"\n"
      "description: Say here whose policy this is, and where questions go.\n"
      "# How strict each rule is: error, warning, note or \"off\". `from: 2027-01-01` lets it hold from that day on, and\n"
      "# `waivers: refused` takes away the right to waive it. Rules that you leave as they are may be deleted here.\n"
      "rules:\n",
      name);
  for (const policy::Rule& rule : policy::rules())
    text += fmt::format("  # {}\n  {}: {{prototype: {}, production: {}}}\n", rule.reason, rule.id, word_of(rule.at_prototype), word_of(rule.at_production));
  return text;
}

class PolicyExportCommand final : public Command {
 public:
  [[nodiscard]] CommandText text() const override {
    return {.name = "policy export",
            .summary = "write the built-in policy into a folder, to begin a policy of your own",
            .examples = {"mops policy export policy --name acme", "mops policy export policy --dry-run"}};
  }

  std::vector<Option> options() override {
    return {{.name = "DIR", .help = "the folder to make", .target = &folder_, .presence = Presence::required},
            {.name = "--name", .value = "NAME", .help = "the name of the new policy (the folder's)", .target = &name_},
            {.name = "--dry-run", .help = "list the files, write nothing", .target = &dry_run_}};
  }

  Result<ExitCode> run(Env& env) override {
    const Path folder = (env.folder / folder_).lexically_normal();
    const Path last = folder.has_filename() ? folder.filename() : folder.parent_path().filename();
    const std::string name = name_.value_or(last.string());
    if (!model::parse_name(name)) return fail(ErrorCode::usage, fmt::format("`{}` cannot be the name of a policy", name), "take lower-case letters, digits and `-`: `--name acme`");
    scaffold::WritePlan plan{.folder = folder.has_filename() ? folder : folder.parent_path(), .files = {{.path = "policy.yaml", .content = policy_text(name)}}};
    for (const EmbeddedFile& file : embedded::templates()) {
      const bool is_environment = file.path.starts_with("environments/");
      plan.files.push_back({.path = fmt::format("{}{}", is_environment ? "" : "templates/", file.path), .content = std::string(file.content)});
    }
    std::sort(plan.files.begin(), plan.files.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
    if (dry_run_) {
      env.console.out(plan.describe());
      return ExitCode::done;
    }
    MOPS_TRY(scaffold::apply(env.files, plan));
    env.console.err(fmt::format("wrote {} files into {}\n", plan.files.size(), folder_));
    env.console.err(fmt::format("next: edit {0}/policy.yaml, try it with `mops check --policy {0}`, then name it under `policy:` in mops.yaml (`mops policy show {0}` prints the digest)\n", folder_));
    return ExitCode::done;
  }

 private:
  std::string folder_;
  std::optional<std::string> name_;
  bool dry_run_ = false;
};

}  // namespace

std::unique_ptr<Command> make_policy_export_command() { return std::make_unique<PolicyExportCommand>(); }

}  // namespace mops::cli
