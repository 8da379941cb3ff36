#include "cli/commands/all.h"
#include "cli/draft.h"
#include "policy/bump.h"

namespace mops::cli {
namespace {

using model::Version;

class NotesDraftCommand final : public Command {
 public:
  [[nodiscard]] CommandText text() const override {
    return {.name = "notes draft",
            .summary = "write release notes for a version, from commits, certificates and the change of the interface",
            .examples = {"mops notes draft 1.1.0", "mops notes draft 1.1.0 -m \"fewer false alarms in winter\"", "mops notes draft 1.1.0 --print"}};
  }

  std::vector<Option> options() override {
    return {{.name = "VERSION", .help = "the version to be released, such as 1.1.0", .target = &version_, .presence = Presence::required},
            {.name = "-m,--message", .value = "SUMMARY", .help = "the summary; without it the draft has a sentence for you to replace", .target = &summary_},
            {.name = "--print", .help = "print the draft instead of writing it", .target = &print_},
            {.name = "--force", .help = "write over notes that are there", .target = &force_}};
  }

  Result<ExitCode> run(Env& env) override {
    MOPS_ASSIGN(const Version version, Version::parse(version_));
    MOPS_ASSIGN(Workspace workspace, Workspace::open(env));
    const std::string path = notes_path(version);
    if (!print_ && !force_ && exists(env.files, workspace.folder() / path))
      return fail(ErrorCode::refused, fmt::format("`{}` is there already", path), "`--print` shows a draft to copy facts from, `--force` writes over it");
    MOPS_ASSIGN(const model::Manifest manifest, workspace.manifest(Side::work_tree));
    MOPS_ASSIGN(const model::Payload payload, workspace.payload(Side::work_tree));
    std::vector<std::string> problems;
    MOPS_ASSIGN(const std::vector<FoundCertificate> certificates, certificates_on_disk(env, workspace.folder(), std::nullopt, problems));
    const auto passed = std::find_if(certificates.begin(), certificates.end(), [&](const FoundCertificate& found) {
      return found.certificate.payload == payload.digest() && evidence::passes(found.certificate.verdict);
    });
    if (passed == certificates.end()) {
      Error error{.code = ErrorCode::refused,
                  .message = fmt::format("there is no PASSED certificate for payload {}, so there are no facts to write", payload.digest().short_hex()),
                  .causes = std::move(problems),
                  .help = "run `mops certify` first"};
      return fail(std::move(error));
    }

    Draft draft{.version = version, .now = env.clock.now(), .summary = summary_, .commits = {}, .interface = {}, .certificate = *passed, .earlier = {}};
    MOPS_ASSIGN(const std::optional<Version> before, version_before(env, workspace, manifest.name, version));
    if (before) {
      const auto read_notes = [&](const std::string& file) -> std::optional<std::string> {
        auto text = env.files.read(workspace.folder() / file);
        return text ? std::optional(*std::move(text)) : std::nullopt;
      };
      draft.earlier = find_earlier(workspace, manifest.name, *before, certificates, read_notes);
      if (draft.earlier->manifest) draft.interface = compare_interfaces(*draft.earlier->manifest, manifest);
      tell_what_is_missing(env, *draft.earlier);
    }
    MOPS_TRY(read_commits(env, workspace, draft));
    if (draft.interface)
      if (const auto finding = policy::check_bump(*before, version, *draft.interface)) env.console.err(fmt::format("warning: {}; {}\n", finding->message, finding->help));

    const std::string text = to_notes(draft);
    if (print_) {
      env.console.out(text);
      return ExitCode::done;
    }
    MOPS_TRY(env.files.make_directories(workspace.folder() / "release-notes"));
    MOPS_TRY(env.files.write(workspace.folder() / path, text));
    env.console.out(fmt::format("wrote {}\n", path));
    env.console.err(fmt::format("next: {}git add evidence release-notes && git commit, mops release {}\n", summary_ ? "" : "write its summary, ", version.to_string()));
    return ExitCode::done;
  }

 private:
  /// The newest release before, by its tag; in a clone without tags the newest notes before.
  static Result<std::optional<Version>> version_before(Env& env, Workspace& workspace, const std::string& name, const Version& version) {
    MOPS_ASSIGN(std::optional<Version> released, newest_release_below(workspace, name, version));
    if (released) return released;
    std::vector<Version> versions;
    const auto entries = env.files.list(workspace.folder() / "release-notes");
    for (const DirectoryEntry& entry : entries.value_or(std::vector<DirectoryEntry>()))
      if (const auto parsed = Version::parse(std::string_view(entry.name).substr(0, entry.name.rfind(".yaml")))) versions.push_back(*parsed);
    const Version* newest = newest_below(versions, version);
    return newest == nullptr ? std::nullopt : std::optional(*newest);
  }

  static void tell_what_is_missing(Env& env, const EarlierVersion& earlier) {
    const std::string version = earlier.version.to_string();
    if (!earlier.commit) env.console.err(fmt::format("warning: the tag of {} is not here, so the draft does not say how the interface changed; `git fetch --tags` brings it\n", version));
    else if (!earlier.manifest) env.console.err(fmt::format("warning: the `mops.yaml` of {} cannot be read, so the draft does not say how the interface changed\n", version));
    if (!earlier.certificate) env.console.err(fmt::format("warning: the certificate of {} is not here, so the draft does not say how its numbers changed\n", version));
  }

  /// Since the version before, or all. Commits that touch only what `mops` keeps beside the payload say nothing about the model.
  static Result<void> read_commits(Env& env, Workspace& workspace, Draft& draft) {
    MOPS_ASSIGN(const repository::Head head, workspace.repository().head());
    if (!head.commit) return {};
    MOPS_ASSIGN(const repository::History history, workspace.repository().history({.from = *head.commit,
                                                                                   .without = draft.earlier ? draft.earlier->commit : std::nullopt,
                                                                                   .folder = workspace.folder_in_repository(),
                                                                                   .passed_over = {"evidence", "release-notes", "statistics"}}));
    for (const repository::Commit& commit : history.commits) draft.commits.push_back(commit.message);
    if (history.is_cut_off) env.console.err("warning: this clone is shallow, so the draft goes only as far back as it; `git fetch --unshallow` brings the rest\n");
    return {};
  }

  std::string version_;
  std::optional<std::string> summary_;
  bool print_ = false;
  bool force_ = false;
};

}  // namespace

std::unique_ptr<Command> make_notes_draft_command() { return std::make_unique<NotesDraftCommand>(); }

}  // namespace mops::cli
