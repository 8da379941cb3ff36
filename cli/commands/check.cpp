#include "base/parallel.h"
#include "cli/check_summary.h"
#include "cli/commands/all.h"
#include "cli/model_check.h"
#include "cli/model_choice.h"
#include "cli/progress.h"
#include "cli/render.h"
#include "cli/run.h"

namespace mops::cli {
namespace {

class CheckCommand final : public Command {
 public:
  [[nodiscard]] CommandText text() const override {
    return {.name = "check",
            .summary = "hold a model's files against the policy; every finding has a place, a rule and a help",
            .examples = {"mops check", "mops check --level production", "mops check models", "mops check --changed", "mops check --fix --dry-run",
                         "mops check --format github",
                         "mops check --commit HEAD", "mops check --policy ../policy --at 2027-01-01"}};
  }

  std::vector<Option> options() override {
    std::vector<Option> options = {
        {.name = "PATH", .help = "folders of models, folders with models below them, or files of models (here)", .target = &paths_},
        {.name = "--level", .value = "LEVEL", .help = "how strict; the level that mops.yaml says", .target = &level_, .choices = {"prototype", "production"}},
        {.name = "--commit", .value = "REVISION", .help = "check this commit's files instead of those on the disk", .target = &revision_},
        {.name = "--changed", .help = "also the models of this repository in which something differs from HEAD; without PATH only those", .target = &changed_},
        {.name = "--policy", .value = "DIR", .help = "the folder of a policy, instead of the one that mops.yaml names", .target = &policy_},
        {.name = "--at", .value = "DATE", .help = "judge as on this day: rules in force, waivers, environments (today)", .target = &at_},
        {.name = "--format", .value = "FORMAT", .help = "how findings are printed", .target = &format_, .choices = k_findings_formats}};
    std::vector<Option> fixing = fix_words_.options();
    std::move(fixing.begin(), fixing.end(), std::inserter(options, options.end() - 3));
    return options;
  }

  Result<ExitCode> run(Env& env) override {
    MOPS_TRY(check_words());
    MOPS_ASSIGN(const SystemTime now, day_of(env));
    MOPS_ASSIGN(const std::vector<ModelFolder> folders, choose_folders(env));
    const bool is_one = folders.size() == 1;
    Policies policies(env, is_one ? policy::PatternSpeed::one_document : policy::PatternSpeed::many_documents, policy_);
    ModelCheck check(env, policies, {.level = level(), .revision = revision_, .now = now, .fix = fix_words_.mode()});
    const auto renderer = make_findings_renderer(parse_findings_format(format_), env.console);
    Progress progress(env.console, env.clock);
    Outcome checked;
    std::string out = renderer->begin();
    const auto print = [&](std::string text) {
      // Of a dry run only the diff is printed.
      if (fix_words_.dry_run || text.empty()) return;
      progress.clear();
      env.console.out(text);
    };
    const auto take = [&](size_t i, Result<std::optional<CheckedModel>> model) -> Result<void> {
      progress.show("checking models", i, folders.size());
      if (!model && is_one) return fail(std::move(model).error());
      if (!model) {
        progress.clear();
        checked.summary.add_unreadable(folders[i].directory, model.error());
        env.console.err(describe(std::move(model).error().in_context(fmt::format("cannot check `{}`", folders[i].directory)), env.console));
      } else if (*model) {
        print(std::exchange(out, {}) + renderer->add((*model)->found));
        checked.add(*std::move(*model));
      }
      return {};
    };
    MOPS_TRY(for_each_in_order<Result<std::optional<CheckedModel>>>(folders.size(), {.stop = env.stop}, [&](size_t i) { return check.run(folders[i]); }, take));
    progress.clear();
    if (!folders.empty() && checked.summary.all().models + checked.summary.unreadable() == 0)
      return fail(ErrorCode::not_found, revision_ ? fmt::format("there is no model in `{}`", *revision_) : "git ignores every model here",
                  "name the folder of the model that is meant");
    print(std::exchange(out, {}) + renderer->end(checked.summary.to_value()));
    env.console.out(checked.fixed.diff);
    return tell(env, checked, folders.size());
  }

 private:
  /// What stays of models that were checked and printed.
  struct Outcome {
    CheckSummary summary;
    FixReport fixed;
    size_t fixable = 0;
    size_t findings = 0;

    void add(CheckedModel model) {
      summary.add(ModelTally(model.owner, std::string(to_string(model.level)), model.found.findings));
      fixed += std::move(model.fixed);
      fixable += count_fixable(model.found.findings);
      findings += model.found.findings.size();
    }
  };

  Result<std::vector<ModelFolder>> choose_folders(Env& env) const {
    std::vector<std::string> words = paths_;
    if (changed_) {
      if (revision_) return fail(ErrorCode::usage, "`--changed` looks at the disk, `--commit` at a commit", "with `--commit`, name the folders");
      MOPS_ASSIGN(const std::vector<std::string> changed, changed_models(env));
      words.insert(words.end(), changed.begin(), changed.end());
    } else if (words.empty()) {
      words.emplace_back();
    }
    MOPS_ASSIGN(const std::vector<std::string> directories, folders_of_words(env, words));
    std::vector<ModelFolder> folders;
    for (const std::string& directory : directories) MOPS_TRY(find_models(env.files, env.folder, directory, env.stop, folders));
    return folders;
  }

  Result<SystemTime> day_of(Env& env) const {
    if (!at_) return env.clock.now();
    auto day = parse_time(*at_);
    if (!day) return fail(ErrorCode::usage, fmt::format("found `{}` for `--at`, expected a date such as `2027-01-31`", *at_));
    return day;
  }

  [[nodiscard]] std::optional<model::Level> level() const {
    if (!level_) return std::nullopt;
    return *level_ == "production" ? model::Level::production : model::Level::prototype;
  }

  [[nodiscard]] Result<void> check_words() const {
    if (fix_words_.fix && revision_) return fail(ErrorCode::usage, "`--fix` cannot change a commit", "leave out `--commit`, and commit what `--fix` made of the files");
    return fix_words_.check(format_);
  }

  ExitCode tell(Env& env, const Outcome& checked, size_t folders) const {
    const Tally& all = checked.summary.all();
    const bool failed = all.errors > 0;
    if (folders == 0) {
      env.console.err(changed_ ? "no model has changed\n" : "no model has these files\n");
      return ExitCode::done;
    }
    env.console.err(checked.fixed.sentences(fix_words_.mode()));
    if (folders == 1) {
      env.console.err(fmt::format("{}{}\n", checked.findings > 0 ? "" : "all is well: ", count_of(all.errors, all.warnings)));
    } else {
      if (format_ == "full" || format_ == "concise") env.console.err(checked.summary.render(env.console));
      env.console.err(checked.summary.sentence());
    }
    if (checked.fixable > 0 && !fix_words_.fix && !revision_ && format_ == "full")
      env.console.err(fmt::format("next: mops check --fix, which mends {} of them\n", checked.fixable));
    else if (!failed && folders == 1 && format_ == "full") env.console.err("next: mops certify\n");
    if (!failed && checked.summary.unreadable() > 0) return ExitCode::outside_failed;
    return failed ? ExitCode::answer_is_no : ExitCode::done;
  }

  std::vector<std::string> paths_;
  std::optional<std::string> level_;
  std::optional<std::string> revision_;
  bool changed_ = false;
  std::optional<std::string> policy_;
  std::optional<std::string> at_;
  std::string format_ = "full";
  FixWords fix_words_;
};

}  // namespace

std::unique_ptr<Command> make_check_command() { return std::make_unique<CheckCommand>(); }

}  // namespace mops::cli
