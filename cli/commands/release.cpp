#include "cli/commands/all.h"
#include "cli/earlier_version.h"
#include "cli/release_tag.h"
#include "cli/render.h"
#include "model/notes.h"
#include "policy/bump.h"
#include "policy/facts.h"
#include "policy/prose.h"

namespace mops::cli {
namespace {

using model::Version;

/// What a release stands on: all of it in one commit.
struct ReleaseFacts {
  model::Manifest manifest;
  model::Payload payload;
  FoundCertificate certificate;
  model::Notes notes;
};

class ReleaseCommand final : public Command {
 public:
  [[nodiscard]] CommandText text() const override {
    return {.name = "release",
            .summary = "give HEAD a version: an annotated tag on evidence that passed and notes that are true",
            .examples = {"mops release 1.1.0", "mops release 1.1.0 --dry-run", "mops release 1.1.0 --evidence artifact/certification.json",
                         "mops release --check churn@v1.1.0"}};
  }

  std::vector<Option> options() override {
    return {{.name = "VERSION", .help = "the version (SemVer), such as 1.1.0", .target = &version_},
            {.name = "--check", .value = "TAG", .help = "hold a tag that exists already to the same demands", .target = &tag_},
            {.name = "--evidence", .value = "FILE", .help = "the certification statement, where the repository does not hold it", .target = &evidence_},
            {.name = "--dry-run", .help = "verify everything and show the tag, without writing it", .target = &dry_run_}};
  }

  Result<ExitCode> run(Env& env) override {
    if (tag_) return check_tag(env);
    if (!version_) return fail(ErrorCode::usage, "`mops release` needs a version", "such as `mops release 1.1.0`");
    MOPS_ASSIGN(const Version version, Version::parse(*version_));
    MOPS_ASSIGN(Workspace workspace, Workspace::open(env));
    MOPS_TRY(refuse_dirty_tree(workspace));
    MOPS_ASSIGN(const repository::ObjectId commit, workspace.head());
    std::vector<Diagnostic> findings;
    MOPS_ASSIGN(const std::optional<ReleaseFacts> facts, gather(env, workspace, commit, version, findings));
    if (!facts) return show(env, workspace, commit, findings);
    warn(env, findings);

    const std::string tag = model::version_tag(facts->manifest.name, version);
    const std::string message = to_message({.name = facts->manifest.name,
                                            .version = version,
                                            .summary = facts->notes.summary,
                                            .payload = facts->payload.digest(),
                                            .certificate = facts->certificate.digest,
                                            .folder = workspace.folder_in_repository()});
    if (dry_run_) {
      env.console.out(fmt::format("would write tag {} on {}:\n\n{}", tag, commit.hex.substr(0, 12), message));
      return ExitCode::done;
    }
    MOPS_ASSIGN(const repository::TagCreation created, workspace.repository().create_annotated_tag(tag, commit, message));
    const bool is_new = created == repository::TagCreation::created;
    env.console.out(fmt::format("{} {} on {}, payload {}\n", is_new ? "released" : "was released already:", tag, commit.hex.substr(0, 12),
                                facts->payload.digest().short_hex()));
    env.console.err(fmt::format("next: mops push, mops promote {}@{} -m REASON\n", facts->manifest.name, version.to_string()));
    return ExitCode::done;
  }

 private:
  static Result<void> refuse_dirty_tree(Workspace& workspace) {
    MOPS_ASSIGN(const repository::WorkTreeStatus status, workspace.repository().work_tree_status(workspace.folder_in_repository()));
    if (status.is_clean()) return {};
    std::vector<std::string> causes;
    for (const std::string& path : status.changed) causes.push_back(fmt::format("`{}` is changed", path));
    for (const std::string& path : status.untracked) causes.push_back(fmt::format("`{}` is not in git", path));
    constexpr size_t k_shown = 10;
    const size_t hidden = causes.size() > k_shown ? causes.size() - k_shown : 0;
    causes.resize(causes.size() - hidden);
    if (hidden > 0) causes.push_back(fmt::format("and {} more", hidden));
    return fail(Error{.code = ErrorCode::refused, .message = "the work tree is not what HEAD says; a release is of a commit", .causes = std::move(causes),
                      .help = "`git add` and `git commit` what belongs to the release, `git stash` or ignore the rest"});
  }

  /// Everything that a release needs, from `commit`. nullopt: `findings` say what is wrong.
  Result<std::optional<ReleaseFacts>> gather(Env& env, Workspace& workspace, const repository::ObjectId& commit, const Version& version,
                                             std::vector<Diagnostic>& findings) {
    ReleaseFacts facts;
    MOPS_ASSIGN(facts.manifest, workspace.manifest_at(commit));
    MOPS_ASSIGN(facts.payload, workspace.payload_at(commit));
    MOPS_ASSIGN(std::vector<FoundCertificate> certificates, passed_certificates(env, workspace, commit, facts.payload.digest()));

    const std::string path = notes_path(version);
    MOPS_ASSIGN(auto text, workspace.read_at(commit, path));
    if (!text)
      return fail(ErrorCode::refused, fmt::format("there are no release notes `{}` in the commit", path),
                  fmt::format("`mops notes draft {}` writes a draft; edit it, `git add` and `git commit` it", version.to_string()));
    const document::Document document = document::parse_yaml({.path = path, .text = std::move(*text)});
    MOPS_ASSIGN(facts.notes, model::read_notes(document));
    // Measured more than once: what the notes say is held against the certificate that they name.
    const auto named = std::find_if(certificates.begin(), certificates.end(), [&](const FoundCertificate& found) { return found.digest == facts.notes.certificate; });
    facts.certificate = std::move(named != certificates.end() ? *named : certificates.front());
    if (facts.notes.version != version)
      findings.push_back({.rule = "notes/version-mismatch",
                          .message = fmt::format("the notes are about version {}, not {}", facts.notes.version.to_string(), version.to_string()),
                          .location = {.path = path, .span = facts.notes.version_span},
                          .help = fmt::format("write `version: \"{}\"`", version.to_string())});
    const auto add = [&](std::vector<Diagnostic> found) { std::move(found.begin(), found.end(), std::back_inserter(findings)); };
    add(policy::check_prose(document));
    if (facts.manifest.level == model::Level::production && !facts.notes.certificate)
      findings.push_back({.rule = "notes/missing-facts",
                          .message = "the notes name no certificate, which level `production` needs",
                          .location = {.path = path, .span = facts.notes.facts_span},
                          .help = fmt::format("`mops notes draft {} --print` writes the facts", version.to_string())});
    add(policy::check_facts(facts.notes, path, facts.certificate.certificate, facts.certificate.digest));
    MOPS_TRY(compare_with_earlier(workspace, commit, facts, path, findings));
    if (has_errors(findings)) return std::optional<ReleaseFacts>();
    return std::optional(std::move(facts));
  }

  static bool has_errors(const std::vector<Diagnostic>& findings) {
    return std::any_of(findings.begin(), findings.end(), [](const Diagnostic& finding) { return finding.severity == Severity::error; });
  }

  /// The changes that the notes claim, and the step from the newest release before.
  static Result<void> compare_with_earlier(Workspace& workspace, const repository::ObjectId& commit, const ReleaseFacts& facts, const std::string& path,
                                           std::vector<Diagnostic>& findings) {
    const auto read_notes = [&](const std::string& file) { return workspace.read_at(commit, file).value_or(std::nullopt); };
    const auto interface_since = [&](const EarlierVersion& earlier) {
      return earlier.manifest ? std::optional(compare_interfaces(*earlier.manifest, facts.manifest)) : std::nullopt;
    };
    if (facts.notes.changes) {
      std::vector<std::string> problems;
      MOPS_ASSIGN(const std::vector<FoundCertificate> certificates, certificates_at(workspace, commit, std::nullopt, problems));
      const EarlierVersion earlier = find_earlier(workspace, facts.manifest.name, facts.notes.changes->against, certificates, read_notes);
      const policy::Earlier known{.certificate = earlier.certificate ? &*earlier.certificate : nullptr, .interface = interface_since(earlier)};
      for (Diagnostic& finding : policy::check_changes(facts.notes, path, facts.certificate.certificate, known)) findings.push_back(std::move(finding));
    }
    MOPS_ASSIGN(const std::optional<Version> before, newest_release_below(workspace, facts.manifest.name, facts.notes.version));
    if (!before) return {};
    const auto change = interface_since(find_earlier(workspace, facts.manifest.name, *before, {}, read_notes));
    if (!change) return {};
    if (auto finding = policy::check_bump(*before, facts.notes.version, *change)) {
      finding->location = {.path = path, .span = facts.notes.version_span};
      findings.push_back(*std::move(finding));
    }
    return {};
  }

  /// At least one, the newest first.
  Result<std::vector<FoundCertificate>> passed_certificates(Env& env, Workspace& workspace, const repository::ObjectId& commit, const Digest& payload) {
    std::vector<std::string> problems;
    std::vector<FoundCertificate> found;
    if (evidence_) {
      MOPS_ASSIGN(FoundCertificate given, certificate_from_file(env, env.folder / *evidence_, workspace.folder()));
      if (given.certificate.payload != payload)
        return fail(ErrorCode::refused, fmt::format("`{}` is about payload {}, the commit's is {}", *evidence_, given.certificate.payload.short_hex(), payload.short_hex()),
                    "certify this commit");
      found.push_back(std::move(given));
    } else {
      MOPS_ASSIGN(found, certificates_at(workspace, commit, payload, problems));
    }
    std::vector<FoundCertificate> passed;
    for (const FoundCertificate& certificate : found)
      if (evidence::passes(certificate.certificate.verdict)) passed.push_back(certificate);
    if (!passed.empty()) return passed;
    Error error{.code = ErrorCode::refused,
                .message = fmt::format("there is no PASSED certificate for payload {}", payload.short_hex()),
                .causes = std::move(problems),
                .help = "run `mops certify`, then commit what it wrote under `evidence/`"};
    for (const FoundCertificate& certificate : found)
      error.causes.push_back(fmt::format("{} is {}", certificate.path, to_string(certificate.certificate.verdict)));
    return fail(std::move(error));
  }

  Result<ExitCode> check_tag(Env& env) {
    const auto wanted = model::parse_version_tag(*tag_);
    if (!wanted) return fail(ErrorCode::usage, fmt::format("`{}` is not the tag of a version", *tag_), "tags are NAME@vMAJOR.MINOR.PATCH, such as churn@v1.1.0");
    MOPS_ASSIGN(Workspace workspace, Workspace::open(env));
    MOPS_ASSIGN(const repository::Tag tag, find_tag(workspace, *tag_));
    const ReleaseTrailers trailers = read_trailers(tag.message);
    if (trailers.folder && *trailers.folder != workspace.folder_in_repository()) {
      MOPS_ASSIGN(workspace, Workspace::open(env, (workspace.repository().place().root / *trailers.folder).string()));
    }
    MOPS_ASSIGN(const model::Manifest manifest, workspace.manifest_at(tag.commit));
    if (manifest.name != wanted->name)
      return fail(ErrorCode::refused, fmt::format("the tag says `{}`, its mops.yaml says `{}`", wanted->name, manifest.name),
                  "run this in the folder of the model that the tag names");
    std::vector<Diagnostic> findings;
    MOPS_ASSIGN(const std::optional<ReleaseFacts> facts, gather(env, workspace, tag.commit, wanted->version, findings));
    if (!facts) return show(env, workspace, tag.commit, findings);
    warn(env, findings);
    if (trailers.payload && *trailers.payload != facts->payload.digest())
      return fail(ErrorCode::refused, fmt::format("the tag's trailer names payload {}, its commit has {}", trailers.payload->short_hex(), facts->payload.digest().short_hex()));
    if (trailers.certificate && *trailers.certificate != facts->certificate.digest)
      return fail(ErrorCode::refused,
                  fmt::format("the tag's trailer names certificate {}, the commit's evidence is {}", trailers.certificate->short_hex(), facts->certificate.digest.short_hex()),
                  evidence_ ? "" : "if the certificate is elsewhere, name it with `--evidence FILE`");
    env.console.out(fmt::format("{} holds: payload {}, certificate {}\n", *tag_, facts->payload.digest().short_hex(), facts->certificate.digest.short_hex()));
    return ExitCode::done;
  }

  /// What could not be checked here does not stop a release.
  static void warn(Env& env, const std::vector<Diagnostic>& findings) {
    if (!findings.empty()) env.console.err(make_concise_renderer(env.console)->add({.folder = ".", .findings = findings}));
  }

  Result<ExitCode> show(Env& env, Workspace& workspace, const repository::ObjectId& commit, const std::vector<Diagnostic>& findings) {
    ModelFindings model{.folder = ".", .findings = findings};
    for (const Diagnostic& finding : findings)
      if (auto text = workspace.read_at(commit, finding.location.path); text && *text) model.texts.add(finding.location.path, std::move(**text));
    env.console.out(make_full_renderer(env.console)->add(model));
    env.console.err(fmt::format("{}: {}\n", tag_ ? fmt::format("`{}` does not hold", *tag_) : "nothing was released", count_of(findings)));
    return ExitCode::answer_is_no;
  }

  std::optional<std::string> version_;
  std::optional<std::string> tag_;
  std::optional<std::string> evidence_;
  bool dry_run_ = false;
};

}  // namespace

std::unique_ptr<Command> make_release_command() { return std::make_unique<ReleaseCommand>(); }

}  // namespace mops::cli
