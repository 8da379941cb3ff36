#include "base/parallel.h"
#include "certify/check_text.h"
#include "cli/certification.h"
#include "cli/certification_render.h"
#include "cli/commands/all.h"
#include "cli/model_search.h"
#include "cli/run.h"

namespace mops::cli {
namespace {

class CertifyCommand final : public Command {
 public:
  [[nodiscard]] CommandText text() const override {
    return {.name = "certify",
            .summary = "measure HEAD's payload against its limits, and sign what was measured",
            .examples = {"mops certify", "mops certify --dry-run", "mops certify --against churn@1.0.0 --again", "mops certify models --format junit",
                         "mops certify --key ci-key.pem --format json"}};
  }

  std::vector<Option> options() override {
    return {{.name = "DIR", .help = "folders of models, or folders with models below them (here)", .target = &directories_},
            {.name = "--key", .value = "FILE", .help = "private key (PEM) to sign with; made on first use (~/.config/mops/key.pem)", .target = &key_},
            {.name = "--against", .value = "NAME@VERSION", .help = "rehearse the upgrade from this release (what serves here, else the newest release)", .target = &against_},
            {.name = "--again", .help = "measure also where evidence about the same payload, data and baseline is there", .target = &again_},
            {.name = "--parallel", .value = "N", .help = "work on so many models at once; only one at a time is under load (1)", .target = &parallel_},
            {.name = "--dry-run", .help = "show what would be measured and against which limits", .target = &dry_run_},
            {.name = "--format", .value = "FORMAT", .help = "how to print", .target = &format_, .choices = {"text", "json", "junit", "github"}},
            {.name = "--state", .value = "DIR", .help = "folder for environments (MOPS_STATE, or ~/.local/state/mops)", .target = &state_}};
  }

  Result<ExitCode> run(Env& env) override {
    if (parallel_ < 1 || parallel_ > k_most_at_once)
      return fail(ErrorCode::usage, fmt::format("found `--parallel {}`, expected 1 to {}", parallel_, k_most_at_once));
    CertifyOptions options{.key = key_, .against = against_, .reuse = again_ ? Reuse::nothing : Reuse::evidence};
    MOPS_ASSIGN(options.state, platform::StateFolder::find(state_, env.variables, env.folder));
    std::vector<ModelFolder> folders;
    if (directories_.empty()) directories_.emplace_back();
    for (const std::string& directory : directories_) MOPS_TRY(find_models(env.files, env.folder, directory, env.stop, folders));
    if (against_ && folders.size() > 1) return fail(ErrorCode::usage, "`--against` is for one model", "name its folder");
    return folders.size() == 1 ? run_one(env, folders.front(), options) : run_many(env, folders, options);
  }

 private:
  static constexpr int64_t k_most_at_once = 64;

  /// What one model's certification came to; without a value in it: a dry run, and its plan was shown.
  using Outcome = Result<std::optional<Certification>>;

  Result<ExitCode> run_one(Env& env, const ModelFolder& folder, const CertifyOptions& options) const {
    MOPS_ASSIGN(const std::optional<Certification> certification, certify_one(env, folder, options, Progress::Display::shown));
    if (!certification) return ExitCode::done;
    if (format_ == "junit") env.console.out(to_junit({*certification}, {}));
    else if (format_ == "json") env.console.out(to_json(to_value(*certification), document::JsonLayout::indented));
    else show(env, *certification);
    talk(env, *certification);
    if (certification->why_not.empty() && evidence::passes(certification->verdict))
      env.console.err("next: mops notes draft VERSION, git add evidence release-notes && git commit, mops release VERSION\n");
    return evidence::passes(certification->verdict) ? ExitCode::done : ExitCode::answer_is_no;
  }

  /// What stops one model stops no other; the worst of all decides.
  Result<ExitCode> run_many(Env& env, const std::vector<ModelFolder>& folders, const CertifyOptions& options) const {
    std::vector<Certification> certifications;
    std::vector<Uncertified> uncertified;
    ExitCode worst = ExitCode::done;
    const auto display = parallel_ > 1 ? Progress::Display::hidden : Progress::Display::shown;
    const auto work = [&](size_t i) { return certify_one(env, folders[i], options, display); };
    const auto take = [&](size_t i, Outcome certified) -> Result<void> {
      if (!certified && certified.error().code == ErrorCode::interrupted) return fail(std::move(certified).error());
      if (!certified) {
        Error error = std::move(certified).error().in_context(fmt::format("cannot certify `{}`", folders[i].directory));
        worst = std::max(worst, exit_code_of(error.code));
        env.console.err(describe(error, env.console));
        uncertified.push_back({.folder = folders[i].directory, .error = std::move(error)});
        return {};
      }
      if (!*certified) return {};
      if (!evidence::passes((*certified)->verdict)) worst = std::max(worst, ExitCode::answer_is_no);
      if (format_ == "text" && !certifications.empty()) env.console.out("\n");
      show(env, **certified);
      talk(env, **certified);
      certifications.push_back(std::move(**certified));
      return {};
    };
    const size_t threads = dry_run_ ? 1 : static_cast<size_t>(parallel_);
    MOPS_TRY(for_each_in_order<Outcome>(folders.size(), {.threads = threads, .stop = env.stop}, work, take));
    if (dry_run_) return worst;
    if (format_ == "junit") env.console.out(to_junit(certifications, uncertified));
    if (format_ == "json") env.console.out(to_json(to_value(certifications, uncertified), document::JsonLayout::indented));
    return worst;
  }

  Outcome certify_one(Env& env, const ModelFolder& folder, const CertifyOptions& options, Progress::Display display) const {
    if (folder.error) return fail(*folder.error);
    MOPS_ASSIGN(Workspace workspace, Workspace::open(env, folder.directory));
    MOPS_ASSIGN(const CertificationPlan plan, plan_certification(workspace));
    if (dry_run_) {
      show_plan(env, plan);
      return std::optional<Certification>();
    }
    Progress progress(env.console, env.clock, display);
    MOPS_ASSIGN(Certification certification, certify_model(env, workspace, plan, options, progress));
    return std::optional(std::move(certification));
  }

  /// In the formats that need not know of the other models.
  void show(Env& env, const Certification& certification) const {
    if (format_ == "github") env.console.out(to_github(certification));
    if (format_ == "text") env.console.out(to_text(certification, env.console));
  }

  static void talk(Env& env, const Certification& certification) {
    for (const std::string& warning : certification.warnings) env.console.err(fmt::format("warning: {}\n", warning));
    if (!certification.why_not.empty()) env.console.err(fmt::format("nothing was certified: {}\n", certification.why_not));
    if (certification.reused)
      env.console.err(fmt::format("nothing has changed since this was measured at {}; `--again` measures anew\n", to_rfc3339(*certification.reused)));
  }

  static void show_plan(Env& env, const CertificationPlan& plan) {
    const model::Certification& wanted = plan.manifest.certification;
    env.console.out(fmt::format("plan: certify {} payload {}\n", plan.manifest.name, plan.payload.digest().short_hex()));
    env.console.out(fmt::format("  1. start it in environment {} on a free port\n", plan.manifest.environment.name));
    env.console.out(fmt::format("  2. ask for every row of {} and measure against `{}`\n", plan.dataset.path, wanted.target));
    const auto seconds = [](std::chrono::milliseconds time) { return std::chrono::duration<double>(time).count(); };
    env.console.out(fmt::format("  3. send {:g} requests/s for {:g} s in {} runs, after {:g} s of warm-up\n", wanted.load.rate_per_second, seconds(wanted.load.duration),
                                wanted.load.repeats, seconds(wanted.load.warmup)));
    if (wanted.p99_ms && wanted.load.capacity_time.count() > 0)
      env.console.out(fmt::format("     search for at most {:g} s for the highest rate that keeps to the limit of the p99\n", seconds(wanted.load.capacity_time)));
    for (const auto& [name, limit] : wanted.metrics) env.console.out(fmt::format("     {} {}\n", name, certify::limit_text(limit, "")));
    env.console.out("  4. check the contract: metadata, batches, and requests that must be refused\n");
    if (!plan.why_not.empty()) {
      env.console.out(fmt::format("  5. certify nothing: {}\n", plan.why_not));
      return;
    }
    env.console.out("  5. rehearse the upgrade from what serves now, and back, where there is an earlier version\n"
                    "  6. sign the statement and write it under evidence/\n");
  }

  std::vector<std::string> directories_;
  std::optional<std::string> key_;
  std::optional<std::string> against_;
  bool again_ = false;
  int64_t parallel_ = 1;
  bool dry_run_ = false;
  std::string format_ = "text";
  std::string state_;
};

}  // namespace

std::unique_ptr<Command> make_certify_command() { return std::make_unique<CertifyCommand>(); }

}  // namespace mops::cli
