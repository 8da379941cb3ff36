#include "certify/report.h"
#include "cli/commands/all.h"
#include "cli/evidence_folder.h"
#include "cli/snapshots.h"
#include "repository/repository.h"

namespace mops::cli {
namespace {

using comparison::Snapshot;

/// A certification with all that its report shows.
struct Read {
  Snapshot snapshot;
  evidence::Certificate certificate;
  certify::Measurements measurements;
  std::string label;
  std::string path;
  std::string key_id;

  [[nodiscard]] certify::Reported reported() const { return {.certificate = certificate, .measurements = measurements, .label = label}; }
};

class CertificateReportCommand final : public Command {
 public:
  [[nodiscard]] CommandText text() const override {
    return {.name = "certificate report",
            .summary = "one page about a certification: verdict, comparison, curves, what was measured on what",
            .examples = {"mops certificate report --output report.html", "mops certificate report 1.1.0 --against 1.0.0 --output report.html",
                         "mops certificate report --format markdown"}};
  }

  std::vector<Option> options() override {
    return {{.name = "WHAT", .help = "a version such as 1.1.0, any revision of git, or a file of evidence (the files on the disk)", .target = &what_},
            {.name = "--against", .value = "WHAT", .help = "compare with it (the newest release, where that is another payload)", .target = &against_},
            {.name = "--output", .value = "FILE", .help = "write it there, instead of printing it", .target = &output_},
            {.name = "--format", .value = "FORMAT", .help = "a page, or text for a pull request", .target = &format_, .choices = {"html", "markdown"}},
            {.name = "--repository", .value = "DIR", .help = "the model's repository (here)", .target = &repository_}};
  }

  Result<ExitCode> run(Env& env) override {
    MOPS_ASSIGN(Workspace workspace, Workspace::open(env, repository_));
    MOPS_ASSIGN(const Read candidate, read(env, workspace, what_));
    MOPS_ASSIGN(const std::optional<Read> current, read_current(env, workspace, candidate));
    certify::ReportOrder order{.candidate = candidate.reported(),
                               .description = candidate.snapshot.manifest.description,
                               .file = candidate.path,
                               .key_id = candidate.key_id};
    if (current) order.current.emplace(current->reported());
    const std::string report = format_ == "markdown" ? certify::report_markdown(order) : certify::report_page(order);
    if (!output_) {
      env.console.out(report);
      return ExitCode::done;
    }
    MOPS_TRY(env.files.write(env.folder / *output_, report));
    env.console.err(fmt::format("{}\nwrote {}\n", certify::headline(candidate.certificate), *output_));
    return ExitCode::done;
  }

 private:
  Result<Read> read(Env& env, Workspace& workspace, const std::optional<std::string>& what) const {
    Read out;
    const bool is_file = what && what->ends_with(".json");
    MOPS_ASSIGN(out.snapshot, take_snapshot(env, workspace, is_file ? std::optional<std::string>() : what));
    if (is_file) {
      MOPS_ASSIGN(FoundCertificate found, certificate_from_file(env, env.folder / *what, workspace.folder()));
      out.certificate = std::move(found.certificate);
      out.path = *what;
      out.key_id = std::move(found.key_id);
    } else if (out.snapshot.certification) {
      out.certificate = out.snapshot.certification->certificate;
      out.path = out.snapshot.certification->path;
      out.key_id = out.snapshot.certification->key_id;
    } else {
      return fail(ErrorCode::not_found, fmt::format("there is no certification of payload {} ({})", out.snapshot.payload.short_hex(), out.snapshot.label),
                  "run `mops certify`, or name a version or a file of evidence");
    }
    out.label = out.snapshot.version && !is_file ? out.snapshot.version->to_string() : out.certificate.payload.short_hex();
    MOPS_ASSIGN(out.measurements, read_measurements(env, workspace, out.snapshot, out.certificate));
    return out;
  }

  /// What is not here, or is not what was signed, cannot be drawn; the certificate says enough without it.
  static Result<certify::Measurements> read_measurements(Env& env, Workspace& workspace, const Snapshot& snapshot, const evidence::Certificate& certificate) {
    if (!certificate.histogram) return certify::Measurements{};
    const std::string& path = certificate.histogram->path;
    std::optional<std::string> text;
    if (!snapshot.commit.empty()) {
      MOPS_ASSIGN(text, workspace.read_at({snapshot.commit}, path));
    }
    if (!text)
      if (auto on_disk = env.files.read(workspace.folder() / path)) text = std::move(*on_disk);
    if (!text || sha256(*text) != certificate.histogram->sha256) {
      env.console.err(fmt::format("warning: `{}` {}: no curves are drawn\n", path, text ? "is not the file that was signed" : "is not here"));
      return certify::Measurements{};
    }
    return certify::read_measurements(document::parse_json({.path = path, .text = std::move(*text)}));
  }

  Result<std::optional<Read>> read_current(Env& env, Workspace& workspace, const Read& candidate) const {
    if (against_) {
      MOPS_ASSIGN(Read named, read(env, workspace, against_));
      return std::optional(std::move(named));
    }
    const auto newest = take_snapshots(env, workspace, std::nullopt, std::nullopt);
    if (!newest || !newest->before.certification || newest->before.payload == candidate.certificate.payload) return std::optional<Read>();
    MOPS_ASSIGN(Read released, read(env, workspace, newest->before.label));
    return std::optional(std::move(released));
  }

  std::optional<std::string> what_;
  std::optional<std::string> against_;
  std::optional<std::string> output_;
  std::string format_ = "html";
  std::string repository_;
};

}  // namespace

std::unique_ptr<Command> make_certificate_report_command() { return std::make_unique<CertificateReportCommand>(); }

}  // namespace mops::cli
