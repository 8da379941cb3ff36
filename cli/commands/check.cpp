#include "cli/commands/all.h"
#include "cli/fix.h"
#include "cli/model_choice.h"
#include "cli/policies.h"
#include "cli/render.h"
#include "cli/repository_view.h"

namespace mops::cli {
namespace {

class CheckCommand final : public Command {
 public:
  [[nodiscard]] CommandText text() const override {
    return {.name = "check",
            .summary = "hold a model's files against the policy; every finding has a place, a rule and a help",
            .examples = {"mops check", "mops check --level production", "mops check models/churn models/fraud", "mops check --changed", "mops check --fix --dry-run",
                         "mops check --format github",
                         "mops check --commit HEAD", "mops check --policy ../policy --at 2027-01-01"}};
  }

  std::vector<Option> options() override {
    return {{.name = "PATH", .help = "folders of models, or files of them (here)", .target = &paths_},
            {.name = "--level", .value = "LEVEL", .help = "how strict; the level that mops.yaml says", .target = &level_, .choices = {"prototype", "production"}},
            {.name = "--commit", .value = "REVISION", .help = "check this commit's files instead of those on the disk", .target = &revision_},
            {.name = "--changed", .help = "also the models of this repository in which something differs from HEAD; without PATH only those", .target = &changed_},
            {.name = "--fix", .help = "put quotes round what YAML reads as a number, boolean or null where a text is wanted, and the like; then check", .target = &fix_},
            {.name = "--dry-run", .help = "print as a diff what `--fix` would change, and write nothing", .target = &dry_run_},
            {.name = "--policy", .value = "DIR", .help = "the folder of a policy, instead of the one that mops.yaml names", .target = &policy_},
            {.name = "--at", .value = "DATE", .help = "judge as on this day: rules in force, waivers, environments (today)", .target = &at_},
            {.name = "--format", .value = "FORMAT", .help = "how findings are printed", .target = &format_, .choices = k_findings_formats}};
  }

  Result<ExitCode> run(Env& env) override {
    MOPS_TRY(check_words());
    Policies policies(env, policy::PatternSpeed::one_document, policy_);
    MOPS_ASSIGN(now_, day_of(env));
    MOPS_ASSIGN(const std::vector<std::string> directories, choose_folders(env));
    const auto renderer = make_findings_renderer(parse_findings_format(format_), env.console);
    std::vector<ModelFindings> models;
    for (const std::string& directory : directories) {
      MOPS_ASSIGN(ModelFindings model, check_one(env, policies, directory));
      models.push_back(std::move(model));
    }
    std::vector<Diagnostic> all;
    std::string out = renderer->begin();
    for (const ModelFindings& model : models) {
      out += renderer->add(model);
      all.insert(all.end(), model.findings.begin(), model.findings.end());
    }
    env.console.out(dry_run_ ? fixed_.diff : out + renderer->end());
    const bool failed = std::any_of(all.begin(), all.end(), [](const Diagnostic& f) { return f.severity == Severity::error; });
    if (models.empty()) {
      env.console.err(changed_ ? "no model has changed\n" : "no model has these files\n");
      return ExitCode::done;
    }
    env.console.err(fixed_.sentences(fix_mode()));
    env.console.err(fmt::format("{}{}\n", failed || !all.empty() ? "" : "all is well: ", count_of(all)));
    const size_t fixable = fix_ || revision_ ? 0 : count_fixable(all);
    if (fixable > 0 && format_ == "full") env.console.err(fmt::format("next: mops check --fix, which mends {} of them\n", fixable));
    else if (!failed && format_ == "full") env.console.err("next: mops certify\n");
    return failed ? ExitCode::answer_is_no : ExitCode::done;
  }

 private:
  Result<std::vector<std::string>> choose_folders(Env& env) const {
    std::vector<std::string> words = paths_;
    if (changed_) {
      if (revision_) return fail(ErrorCode::usage, "`--changed` looks at the disk, `--commit` at a commit", "with `--commit`, name the folders");
      MOPS_ASSIGN(const std::vector<std::string> changed, changed_models(env));
      words.insert(words.end(), changed.begin(), changed.end());
    } else if (words.empty()) {
      words.emplace_back();
    }
    return folders_of_words(env, words);
  }

  Result<SystemTime> day_of(Env& env) const {
    if (!at_) return env.clock.now();
    auto day = parse_time(*at_);
    if (!day) return fail(ErrorCode::usage, fmt::format("found `{}` for `--at`, expected a date such as `2027-01-31`", *at_));
    return day;
  }

  /// What is found once everything is fixed that can be.
  Result<ModelFindings> check_one(Env& env, Policies& policies, const std::string& directory) {
    // A fixed value may let the schema see others.
    constexpr int k_most_rounds = 5;
    for (int round = 0;; ++round) {
      MOPS_ASSIGN(ModelFindings model, look_at(env, policies, directory));
      if (!fix_ || round == k_most_rounds) return model;
      MOPS_ASSIGN(FixReport fixed, fix_files(env, model.findings, fix_mode()));
      const bool is_changed = fixed.fixes > 0 && !dry_run_;
      fixed_ += std::move(fixed);
      if (!is_changed) return model;
    }
  }

  [[nodiscard]] FixMode fix_mode() const { return dry_run_ ? FixMode::show : FixMode::write; }

  [[nodiscard]] Result<void> check_words() const {
    if (fix_ && revision_) return fail(ErrorCode::usage, "`--fix` cannot change a commit", "leave out `--commit`, and commit what `--fix` made of the files");
    if (dry_run_ && !fix_) return fail(ErrorCode::usage, "`--dry-run` shows what `--fix` would do", "add `--fix`, or leave out `--dry-run`");
    if (dry_run_ && format_ != "full") return fail(ErrorCode::usage, fmt::format("`--dry-run` prints a diff, not `{}`", format_), "leave out `--format`");
    return {};
  }

  Result<ModelFindings> look_at(Env& env, Policies& policies, const std::string& directory) {
    MOPS_ASSIGN(Workspace workspace, Workspace::open(env, directory));
    auto opened = open_view(env, workspace);
    if (!opened) return fail(std::move(opened).error());
    ModelView& view = *opened;
    const std::string& in_repository = workspace.folder_in_repository();
    ModelFindings model{.folder = directory.empty() ? "." : directory,
                        .prefix = directory.empty() || directory == "." ? std::string() : directory + (directory.ends_with('/') ? "" : "/"),
                        .repository_prefix = in_repository.empty() ? std::string() : in_repository + "/"};
    const document::Document manifest = manifest_of(view, model.prefix);
    MOPS_ASSIGN(const PolicyChoice choice, policies.choose(manifest, workspace.folder()));
    MOPS_ASSIGN(model.findings,
                policy::check(view, *choice.policy, {.level = level_of(manifest), .now = now_, .path_prefix = model.prefix, .about_policy = choice.about}));
    for (const Diagnostic& finding : model.findings) {
      remember_text(view, model, finding.location);
      for (const Label& label : finding.labels) remember_text(view, model, label.location);
    }
    for (const Diagnostic& finding : model.findings)
      if (finding.rule == "secret/found" && finding.location.span) model.texts.hide(finding.location.path, *finding.location.span);
    return model;
  }

  Result<ModelView> open_view(Env& env, Workspace& workspace) {
    if (!revision_) return ModelView::of_work_tree(env, workspace);
    MOPS_ASSIGN(const repository::ObjectId commit, workspace.repository().resolve(*revision_));
    return ModelView::of_commit(workspace, commit);
  }

  /// As far as it can be read: what is wrong with it is for the check to say.
  static document::Document manifest_of(ModelView& view, const std::string& prefix) {
    const auto& paths = view.paths();
    const bool is_there = std::binary_search(paths.begin(), paths.end(), "mops.yaml");
    return document::parse_yaml({.path = prefix + "mops.yaml", .text = is_there ? view.read("mops.yaml").value_or("") : ""});
  }

  /// What the user says, else what the manifest says.
  [[nodiscard]] model::Level level_of(const document::Document& manifest) const {
    if (level_) return *level_ == "production" ? model::Level::production : model::Level::prototype;
    const document::Node* level = manifest.root() == nullptr ? nullptr : manifest.root()->find("level");
    return level != nullptr && level->text == "production" ? model::Level::production : model::Level::prototype;
  }

  static void remember_text(ModelView& view, ModelFindings& model, const Location& location) {
    if (!location.span || model.texts.contains(location.path)) return;
    if (auto text = view.read(model.path_in_model(location.path))) model.texts.add(location.path, std::move(*text));
  }

  std::vector<std::string> paths_;
  std::optional<std::string> level_;
  std::optional<std::string> revision_;
  bool changed_ = false;
  std::optional<std::string> policy_;
  std::optional<std::string> at_;
  SystemTime now_;
  std::string format_ = "full";
  bool fix_ = false;
  bool dry_run_ = false;
  FixReport fixed_;
};

}  // namespace

std::unique_ptr<Command> make_check_command() { return std::make_unique<CheckCommand>(); }

}  // namespace mops::cli
