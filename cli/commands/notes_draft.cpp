#include "cli/commands/all.h"
#include "cli/editor_schemas.h"
#include "cli/evidence_folder.h"
#include "policy/facts.h"

namespace mops::cli {
namespace {

/// Digits that hold on the next machine as well: four significant ones, never in scientific notation for what people read.
std::string written(double value) {
  if (value == 0) return "0";
  const double magnitude = std::abs(value);
  int decimals = 0;
  for (double limit = 1000; magnitude < limit && decimals < 12; limit /= 10) ++decimals;
  return fmt::format("{:.{}f}", value, decimals);
}

class NotesDraftCommand final : public Command {
 public:
  [[nodiscard]] CommandText text() const override {
    return {.name = "notes draft",
            .summary = "write release notes for a version: prose for you to fill in, facts from the certificate",
            .examples = {"mops notes draft 1.1.0", "mops notes draft 1.1.0 --print"}};
  }

  std::vector<Option> options() override {
    return {{.name = "VERSION", .help = "the version to be released, such as 1.1.0", .target = &version_, .presence = Presence::required},
            {.name = "--print", .help = "print the draft instead of writing it", .target = &print_},
            {.name = "--force", .help = "write over notes that are there", .target = &force_}};
  }

  Result<ExitCode> run(Env& env) override {
    MOPS_ASSIGN(const model::Version version, model::Version::parse(version_));
    MOPS_ASSIGN(Workspace workspace, Workspace::open(env));
    MOPS_ASSIGN(const model::Payload payload, workspace.payload(Side::work_tree));
    std::vector<std::string> problems;
    MOPS_ASSIGN(const std::vector<FoundCertificate> found, certificates_on_disk(env, workspace.folder(), payload.digest(), problems));
    const auto passed = std::find_if(found.begin(), found.end(), [](const FoundCertificate& c) { return c.certificate.verdict == Verdict::passed; });
    if (passed == found.end()) {
      Error error{.code = ErrorCode::refused,
                  .message = fmt::format("there is no PASSED certificate for payload {}, so there are no facts to write", payload.digest().short_hex()),
                  .causes = std::move(problems),
                  .help = "run `mops certify` first"};
      return fail(std::move(error));
    }
    const std::string text = draft(version, env.clock.now(), *passed);
    if (print_) {
      env.console.out(text);
      return ExitCode::done;
    }
    const std::string path = fmt::format("release-notes/{}.yaml", version.to_string());
    if (!force_ && exists(env.files, workspace.folder() / path))
      return fail(ErrorCode::refused, fmt::format("`{}` is there already", path), "`--print` shows a draft to copy facts from, `--force` writes over it");
    MOPS_TRY(env.files.make_directories(workspace.folder() / "release-notes"));
    MOPS_TRY(env.files.write(workspace.folder() / path, text));
    env.console.out(fmt::format("wrote {}\n", path));
    env.console.err(fmt::format("next: edit it, git add evidence release-notes && git commit, mops release {}\n", version.to_string()));
    return ExitCode::done;
  }

 private:
  static std::string draft(const model::Version& version, SystemTime now, const FoundCertificate& found) {
    const evidence::Certificate& certificate = found.certificate;
    std::string text = fmt::format(
        "# yaml-language-server: $schema=../{}/notes-v1.json\n"
        "format: notes/v1\n"
        "version: \"{}\"\n"
        "date: \"{}\"\n"
        "summary: Say in one sentence what is better for whom.\n"
        "changed:\n"
        "  - Say what changed, and why.\n"
        "# Copied from {}; checked by `mops release` at the digits written.\n"
        "facts:\n"
        "  payload: \"{}\"\n"
        "  certificate: \"{}\"\n"
        "  metrics:\n",
        k_editor_schemas_folder, version.to_string(), to_rfc3339(now).substr(0, 10), found.path, certificate.payload.hex(), found.digest.hex());
    for (const auto& [name, value] : certificate.metrics) text += fmt::format("    {}: {}\n", name, written(value));
    text += "  performance:\n";
    for (const char* name : {"p50_ms", "p99_ms", "throughput_per_second", "error_share"})
      text += fmt::format("    {}: {}\n", name, written(policy::performance_value(certificate.performance, name).value_or(0)));
    return text;
  }

  std::string version_;
  bool print_ = false;
  bool force_ = false;
};

}  // namespace

std::unique_ptr<Command> make_notes_draft_command() { return std::make_unique<NotesDraftCommand>(); }

}  // namespace mops::cli
