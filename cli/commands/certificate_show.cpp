#include "certify/check_text.h"
#include "cli/certificate_file.h"
#include "cli/check_table.h"
#include "cli/commands/all.h"
#include "cli/visible.h"
#include "document/document.h"
#include "evidence/dsse.h"

namespace mops::cli {
namespace {

using document::Value;

class CertificateShowCommand final : public Command {
 public:
  [[nodiscard]] CommandText text() const override {
    return {.name = "certificate show",
            .summary = "what a certificate says: verdict, every check, where it was measured, and what it is about",
            .examples = {"mops certificate show", "mops certificate show evidence/1166e0bba273/certification-01KB3JYQ2W3M5T9ZD8X7R6C4V0.json --format json"}};
  }

  std::vector<Option> options() override {
    return {{.name = "FILE", .help = "the certificate (the newest one of the payload on the disk)", .target = &file_},
            {.name = "--format", .value = "FORMAT", .help = "how to print; `json` is the statement as it was signed", .target = &format_, .choices = {"text", "json"}},
            {.name = "--repository", .value = "DIR", .help = "the model's repository (here)", .target = &repository_}};
  }

  Result<ExitCode> run(Env& env) override {
    MOPS_ASSIGN(Workspace workspace, Workspace::open(env, repository_));
    MOPS_ASSIGN(const CertificateFile file, find_certificate_file(env, workspace, file_));
    if (format_ == "json") {
      const document::Document statement = document::parse_json({.path = file.name, .text = evidence::to_json(file.statement)});
      env.console.out(to_json(Value::of(*statement.root()), document::JsonLayout::indented));
      return ExitCode::done;
    }
    show(env, file);
    const std::vector<evidence::PublicKey> keys = keys_of(env, workspace);
    if (!evidence::open_statement(file.envelope, keys, file.name))
      env.console.err(env.console.paint_err(Colour::red, "no key of this repository verifies its signature") + ": believe nothing of this; `mops certificate verify` says more\n");
    return ExitCode::done;
  }

 private:
  static void show(Env& env, const CertificateFile& file) {
    const evidence::Certificate& certificate = file.certificate;
    const std::string verdict = env.console.paint_out(colour_of(certificate.verdict), to_string(certificate.verdict));
    const std::string reason = certify::reason_of(certificate.checks);
    // Anybody may have written this.
    const auto line = [&](std::string_view text) { env.console.out(visible(text) + "\n"); };
    env.console.out(fmt::format("{}{}\n", verdict, reason.empty() ? "" : ": " + visible(reason)));
    env.console.out(fmt::format("{} payload {}, commit {}\n\n", visible(certificate.model), certificate.payload.hex(), visible(certificate.commit.substr(0, 12))));
    env.console.out(check_table(certificate.checks).render(env.console));
    const evidence::Performance& load = certificate.performance;
    env.console.out("\n");
    line(fmt::format("load         {} requests at {:g}/s for {:.3g} s: p50 {:.3g} ms, p99 {:.3g} ms, longest {:.3g} ms, {:.4g} answers a second, {} failed",
                     load.requests, load.rate_per_second, load.duration_seconds, load.p50_ms, load.p99_ms, load.max_ms, load.throughput_per_second, load.errors));
    if (load.capacity) line(fmt::format("capacity     {}", certify::capacity_text(*load.capacity)));
    line(fmt::format("data         {}, {} rows, sha256 {}", certificate.dataset.name, certificate.dataset.rows, certificate.dataset.sha256.hex()));
    for (const evidence::TrainingDataset& training : certificate.training)
      line(fmt::format("trained on   {}, sha256 {}", training.name, training.sha256.hex()));
    for (const evidence::Subject& artifact : certificate.artifacts) line(fmt::format("artifact     {}, sha256 {}", artifact.name, artifact.sha256.hex()));
    if (certificate.environment_lock) line(fmt::format("environment  {}, sha256 {}", certificate.environment_lock->name, certificate.environment_lock->sha256.hex()));
    if (certificate.rehearsal) line(fmt::format("rehearsal    {}", text_of(*certificate.rehearsal)));
    if (certificate.comparison) {
      const evidence::Comparison& compared = *certificate.comparison;
      line(compared.obstacle.empty() ? fmt::format("compared     with {} (payload {}): {}", compared.baseline, compared.payload.short_hex(), certify::agreement_text(compared))
                                     : fmt::format("compared     not with {}: {}", compared.baseline, compared.obstacle));
    }
    const evidence::MeasuredOn& on = certificate.measured_on;
    line(fmt::format("measured on  {}, {} cores, {:.3g} GiB, load {:.2f} before, target {}, mops {}", on.cpu_model, on.cores,
                     static_cast<double>(on.memory_bytes) / (1 << 30), on.load_before, on.target, on.mops_version));
    line(fmt::format("measured at  {} to {}", to_rfc3339(certificate.started), to_rfc3339(certificate.finished)));
  }

  static std::string text_of(const evidence::Rehearsal& rehearsal) {
    if (rehearsal.baseline.empty()) return rehearsal.obstacle;
    if (!rehearsal.obstacle.empty()) return fmt::format("none against {}: {}", rehearsal.baseline, rehearsal.obstacle);
    return fmt::format("from {} (payload {}) in {:.0f} ms, back in {:.0f} ms, {} requests, {} failed", rehearsal.baseline, rehearsal.payload.short_hex(), rehearsal.promote_ms,
                       rehearsal.rollback_ms, rehearsal.requests, rehearsal.failed);
  }

  std::optional<std::string> file_;
  std::string format_ = "text";
  std::string repository_;
};

}  // namespace

std::unique_ptr<Command> make_certificate_show_command() { return std::make_unique<CertificateShowCommand>(); }

}  // namespace mops::cli
