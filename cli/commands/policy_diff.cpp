#include "base/text.h"
#include "cli/check_summary.h"
#include "cli/commands/all.h"
#include "cli/drift_view.h"
#include "cli/policies.h"
#include "cli/present_files.h"
#include "cli/render.h"
#include "policy/model_template.h"

namespace mops::cli {
namespace {

std::string counted(size_t count, std::string_view word) { return fmt::format("{} {}{}", count, word, count == 1 ? "" : "s"); }

class PolicyDiffCommand final : public Command {
 public:
  [[nodiscard]] CommandText text() const override {
    return {.name = "policy diff",
            .summary = "hold managed files against a fresh render of the policy's template, and take the fresh ones",
            .examples = {"mops policy diff", "mops policy diff --write", "mops policy diff --write --with-starters --dry-run", "mops policy diff --format github"}};
  }

  std::vector<Option> options() override {
    return {{.name = "DIR", .help = "folder of the model (here)", .target = &directory_},
            {.name = "--write", .help = "take the fresh files and blocks; nothing else is touched", .target = &write_},
            {.name = "--with-starters", .help = "also add the template's other files where there is none", .target = &with_starters_},
            {.name = "--policy", .value = "DIR", .help = "the folder of a policy, instead of the one that mops.yaml names", .target = &policy_},
            {.name = "--force", .help = "write over changes that are not committed", .target = &force_},
            {.name = "--dry-run", .help = "list what would be written, write nothing", .target = &dry_run_},
            {.name = "--format", .value = "FORMAT", .help = "how differences are printed", .target = &format_, .choices = k_findings_formats}};
  }

  Result<ExitCode> run(Env& env) override {
    MOPS_ASSIGN(Workspace workspace, Workspace::open(env, directory_));
    MOPS_ASSIGN(const model::Manifest manifest, workspace.manifest(Side::work_tree));
    MOPS_ASSIGN(const policy::Policy policy, load_policy(env, workspace));
    const auto scope = workspace.folder_in_repository().empty() ? scaffold::PartScope::repository : scaffold::PartScope::model;
    MOPS_ASSIGN(const auto followed, policy::template_of(manifest, policy, scope, env.clock.now()));
    if (!followed) return fail(no_template(manifest.environment.name, policy));
    const auto& [name, fresh] = *followed;
    MOPS_ASSIGN(WorkTreeFiles present, WorkTreeFiles::open(env, workspace));
    MOPS_ASSIGN(const std::vector<scaffold::FileDrift> drifts, scaffold::find_drift(fresh, present));
    std::vector<scaffold::FileChange> starters;
    if (with_starters_) {
      MOPS_ASSIGN(starters, scaffold::absent_starters(fresh, present));
    }
    if (write_ || dry_run_) return write(env, workspace, drifts, starters, name);
    if (format_ == "full") env.console.out(render_drift(drifts, prefix(), env.console));
    else MOPS_TRY(print_findings(env, workspace, manifest, present, drift_diagnostics(drifts, manifest.level, prefix())));
    return tell(env, fresh, drifts, starters, name);
  }

 private:
  static Error no_template(const std::string& environment, const policy::Policy& policy) {
    if (const policy::OfficialEnvironment* known = policy.find_environment(environment))
      return {.code = ErrorCode::usage,
              .message = fmt::format("the policy has no template for the language `{}` of environment `{}`", known->language, environment),
              .help = fmt::format("there are templates for {}; `policy: {{template: LANGUAGE/TASK}}` in mops.yaml names one",
                                  quoted_list(scaffold::languages(policy.bundle().templates()), "and"))};
    const std::vector<std::string> names = policy.environment_names();
    const auto near = nearest(environment, names);
    return {.code = ErrorCode::usage,
            .message = fmt::format("there is no official environment `{}`", environment),
            .help = near ? fmt::format("did you mean `{}`?", *near) : fmt::format("there are {}", quoted_list(names, "and"))};
  }

  Result<policy::Policy> load_policy(Env& env, const Workspace& workspace) const {
    if (policy_) {
      MOPS_ASSIGN(policy::Bundle bundle, policy::Bundle::read(env.files, (env.folder / *policy_).lexically_normal(), built_in_bundle(), *policy_));
      return policy::Policy::load(std::move(bundle));
    }
    MOPS_ASSIGN(std::string text, env.files.read(workspace.folder() / "mops.yaml"));
    const document::Document manifest = document::parse_yaml({.path = prefix() + "mops.yaml", .text = std::move(text)});
    MOPS_ASSIGN(policy::Bundle bundle, bundle_of(env, manifest, workspace.folder()));
    return policy::Policy::load(std::move(bundle));
  }

  /// In front of the model's paths, as the user would type them.
  [[nodiscard]] std::string prefix() const { return directory_.empty() || directory_ == "." ? std::string() : directory_ + (directory_.ends_with('/') ? "" : "/"); }

  Result<void> print_findings(Env& env, const Workspace& workspace, const model::Manifest& manifest, scaffold::PresentFiles& present, std::vector<Diagnostic> findings) const {
    const std::string& in_repository = workspace.folder_in_repository();
    ModelFindings model{.folder = directory_.empty() ? "." : directory_,
                        .prefix = prefix(),
                        .repository_prefix = in_repository.empty() ? std::string() : in_repository + "/",
                        .findings = std::move(findings)};
    for (const Diagnostic& finding : model.findings) {
      if (!finding.location.span || model.texts.contains(finding.location.path)) continue;
      MOPS_ASSIGN(scaffold::PresentFile file, present.look(model.path_in_model(finding.location.path)));
      model.texts.add(finding.location.path, std::move(file.content));
    }
    const auto renderer = make_findings_renderer(parse_findings_format(format_), env.console);
    CheckSummary summary;
    summary.add(ModelTally(manifest.owner.team, std::string(to_string(manifest.level)), model.findings));
    env.console.out(renderer->begin() + renderer->add(model) + renderer->end(summary.to_value()));
    return {};
  }

  static ExitCode tell(Env& env, const scaffold::FreshTemplate& fresh, const std::vector<scaffold::FileDrift>& drifts,
                       const std::vector<scaffold::FileChange>& starters, const std::string& name) {
    if (!starters.empty()) env.console.err(fmt::format("{} of the template {} not here:\n{}", counted(starters.size(), "starter"), starters.size() == 1 ? "is" : "are", describe(starters)));
    const auto drifted = static_cast<size_t>(std::count_if(drifts.begin(), drifts.end(), scaffold::is_drift));
    if (drifted == 0) {
      env.console.err(fmt::format("all is as template {} has it: {}\n", name, counted(fresh.managed.size(), "managed file")));
      return ExitCode::done;
    }
    env.console.err(fmt::format("{} of {} {} not as template {} has {}\nnext: mops policy diff --write\n", drifted, counted(fresh.managed.size(), "managed file"),
                                drifted == 1 ? "is" : "are", name, drifted == 1 ? "it" : "them"));
    return ExitCode::answer_is_no;
  }

  Result<ExitCode> write(Env& env, Workspace& workspace, const std::vector<scaffold::FileDrift>& drifts, const std::vector<scaffold::FileChange>& starters,
                         const std::string& name) const {
    std::vector<scaffold::FileChange> changes;
    std::vector<scaffold::FileDrift> left;
    for (const scaffold::FileDrift& drift : drifts) {
      if (drift.change) changes.push_back(*drift.change);
      else left.push_back(drift);
    }
    changes.insert(changes.end(), starters.begin(), starters.end());
    if (!force_) MOPS_TRY(expect_committed(workspace, changes));
    if (!dry_run_) MOPS_TRY(apply(env.files, workspace.folder(), changes));
    env.console.out(describe(changes));
    if (!left.empty()) env.console.err(render_drift(left, {}, env.console));
    const bool stays = std::any_of(left.begin(), left.end(), scaffold::is_drift);
    if (stays) env.console.err("mend these by hand, then run it again\n");
    else if (changes.empty()) env.console.err(fmt::format("nothing to write: all is as template {} has it\n", name));
    else if (dry_run_) env.console.err(fmt::format("next: mops policy diff --write{}\n", with_starters_ ? " --with-starters" : ""));
    else env.console.err("next: git diff, git add and git commit, mops check\n");
    return stays ? ExitCode::answer_is_no : ExitCode::done;
  }

  /// Git has what is committed; anything else would be lost.
  static Result<void> expect_committed(Workspace& workspace, const std::vector<scaffold::FileChange>& changes) {
    MOPS_ASSIGN(const repository::WorkTreeStatus status, workspace.repository().work_tree_status(workspace.folder_in_repository()));
    const auto is_in = [](const std::vector<std::string>& paths, const std::string& path) { return std::find(paths.begin(), paths.end(), path) != paths.end(); };
    std::vector<std::string> open;
    for (const scaffold::FileChange& change : changes)
      if (change.was_there && (is_in(status.changed, change.path) || is_in(status.untracked, change.path))) open.push_back(change.path);
    if (open.empty()) return {};
    return fail(ErrorCode::refused, fmt::format("{} {} changes that are not committed", quoted_list(open, "and"), open.size() == 1 ? "has" : "have"),
                "commit them first, or write over them with `--force`");
  }

  std::string directory_;
  bool write_ = false;
  bool with_starters_ = false;
  std::optional<std::string> policy_;
  bool force_ = false;
  bool dry_run_ = false;
  std::string format_ = "full";
};

}  // namespace

std::unique_ptr<Command> make_policy_diff_command() { return std::make_unique<PolicyDiffCommand>(); }

}  // namespace mops::cli
