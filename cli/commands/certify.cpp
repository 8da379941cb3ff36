#include "certify/measurement.h"
#include "cli/check_table.h"
#include "cli/commands/all.h"
#include "cli/evidence_folder.h"
#include "cli/machine.h"
#include "cli/served_model.h"
#include "document/value.h"
#include "evidence/dsse.h"
#include "evidence/key.h"
#include "evidence/layout.h"
#include "model/lock.h"

namespace mops::cli {
namespace {

class CertifyCommand final : public Command {
 public:
  [[nodiscard]] CommandText text() const override {
    return {.name = "certify",
            .summary = "measure HEAD's payload against its limits, and sign what was measured",
            .examples = {"mops certify", "mops certify --dry-run", "mops certify --key ci-key.pem --format json"}};
  }

  std::vector<Option> options() override {
    return {{.name = "DIR", .help = "folder of the model (here)", .target = &directory_},
            {.name = "--key", .value = "FILE", .help = "private key (PEM) to sign with; made on first use (~/.config/mops/key.pem)", .target = &key_},
            {.name = "--dry-run", .help = "show what would be measured and against which limits", .target = &dry_run_},
            {.name = "--format", .value = "FORMAT", .help = "how to print", .target = &format_, .choices = {"text", "json"}},
            {.name = "--state", .value = "DIR", .help = "folder for environments (MOPS_STATE, or ~/.local/state/mops)", .target = &state_}};
  }

  Result<ExitCode> run(Env& env) override {
    MOPS_ASSIGN(Workspace workspace, Workspace::open(env, directory_));
    MOPS_ASSIGN(const platform::StateFolder state, platform::StateFolder::find(state_, env.variables, env.folder));
    MOPS_ASSIGN(const model::Payload on_disk, workspace.payload(Side::work_tree));
    MOPS_ASSIGN(const std::string why_not, reason_against_certifying(workspace, on_disk));
    const Side side = why_not.empty() ? Side::commit : Side::work_tree;
    MOPS_ASSIGN(const model::Manifest manifest, workspace.manifest(side));
    MOPS_ASSIGN(const model::Payload payload, side == Side::commit ? workspace.payload(side) : Result<model::Payload>(on_disk));
    const model::Dataset* dataset = manifest.find_dataset(manifest.certification.dataset);
    if (dataset == nullptr || dataset->path.empty())
      return fail(ErrorCode::invalid, fmt::format("`certification.dataset` names `{}`, which has no file in this repository", manifest.certification.dataset),
                  "list it under `datasets` with a `path`");
    if (dry_run_) return show_plan(env, manifest, *dataset, payload.digest(), why_not);

    const SystemTime started = env.clock.now();
    const double load_before = load_of_machine(env.files);
    Progress progress(env.console, env.clock);
    MOPS_ASSIGN(ServedModel served, ServedModel::start(env, workspace, manifest, side, payload.digest(), state, progress));
    MOPS_ASSIGN(std::string text, read_dataset(env, served.folder(), *dataset));
    const Digest dataset_digest = sha256(text);
    MOPS_ASSIGN(const tensor::Dataset rows, tensor::Dataset::parse(dataset->path, std::move(text)));
    auto measurement = certify::measure({.manifest = manifest,
                                         .dataset = rows,
                                         .endpoint = served.endpoint(),
                                         .cold_start_ms = std::chrono::duration<double, std::milli>(served.cold_start()).count(),
                                         .usage = [&] { return served.usage(); }},
                                        env.transport,
                                        [&](std::string_view what, uint64_t done, uint64_t total) { progress.show(what, done, total); }, env.stop);
    if (!measurement) return fail(served.explain(std::move(measurement).error()));
    progress.clear();

    std::string written;
    if (why_not.empty()) {
      evidence::Certificate certificate = certificate_of(manifest, payload, *measurement);
      MOPS_TRY(describe_commit(workspace, manifest, certificate));
      certificate.dataset = {.name = dataset->name, .sha256 = dataset_digest, .rows = rows.rows()};
      certificate.measured_on = describe_machine(env.files, load_before);
      certificate.started = started;
      certificate.finished = env.clock.now();
      MOPS_ASSIGN(written, write_evidence(env, workspace, std::move(certificate), *measurement));
    }
    print(env, manifest, payload.digest(), *measurement, written);
    if (!why_not.empty()) env.console.err(fmt::format("nothing was certified: {}\n", why_not));
    else if (evidence::passes(measurement->verdict))
      env.console.err(fmt::format("next: mops notes draft VERSION, git add evidence release-notes && git commit, mops release VERSION\n"));
    return evidence::passes(measurement->verdict) ? ExitCode::done : ExitCode::answer_is_no;
  }

 private:
  /// Empty: the disk is what HEAD says, so that what is measured can be certified.
  static Result<std::string> reason_against_certifying(Workspace& workspace, const model::Payload& on_disk) {
    MOPS_ASSIGN(const repository::Head head, workspace.repository().head());
    if (!head.commit) return std::string("nothing is committed yet (`git add` and `git commit`, then certify)");
    const auto committed = workspace.payload(Side::commit);
    if (!committed && committed.error().code != ErrorCode::not_found) return fail(committed.error());
    if (!committed) return std::string("HEAD has no payload of this model yet (`git add` and `git commit`, then certify)");
    if (committed->digest() == on_disk.digest()) return std::string();
    for (const model::PayloadFile& file : on_disk.files) {
      const auto same = std::find_if(committed->files.begin(), committed->files.end(), [&](const auto& f) { return f.path == file.path && f.digest == file.digest; });
      if (same == committed->files.end())
        return fmt::format("the work tree's payload {} is not HEAD's {}, `{}` differs (`git commit` it, then certify)", on_disk.digest().short_hex(),
                           committed->digest().short_hex(), file.path);
    }
    return fmt::format("the work tree lacks files of HEAD's payload {} (`git status` shows which)", committed->digest().short_hex());
  }

  static Result<std::string> read_dataset(Env& env, const Path& folder, const model::Dataset& dataset) {
    auto text = env.files.read(folder / dataset.path);
    if (!text)
      return fail(ErrorCode::not_found, fmt::format("the data set `{}` is not there", dataset.path),
                  "make it (`mops run holdout`, where the model has that command), and name it in mops.lock if git does not hold it");
    if (dataset.sha256 && sha256(*text) != *dataset.sha256)
      return fail(ErrorCode::refused, fmt::format("`{}` has sha256 {}, mops.yaml says {}", dataset.path, sha256(*text).short_hex(), dataset.sha256->short_hex()),
                  "restore the data set, or write the new digest into mops.yaml");
    return text;
  }

  static evidence::Certificate certificate_of(const model::Manifest& manifest, const model::Payload& payload, const certify::Measurement& measurement) {
    evidence::Certificate certificate{.verdict = measurement.verdict,
                                      .model = manifest.name,
                                      .payload = payload.digest(),
                                      .checks = measurement.checks,
                                      .performance = measurement.performance,
                                      .answers = measurement.answers};
    for (const stats::Metric& metric : measurement.metrics)
      if (metric.value) certificate.metrics[metric.name] = *metric.value;
    for (const model::Dataset& data : manifest.datasets)
      if (data.role == model::DatasetRole::train && data.sha256) certificate.training.push_back({.name = data.name, .sha256 = *data.sha256});
    for (const model::PayloadFile& file : payload.files) {
      if (file.path == "mops.yaml") certificate.manifest = file.digest;
      if (file.path == manifest.environment.lock) certificate.environment_lock = evidence::Subject{.name = file.path, .sha256 = file.digest};
    }
    return certificate;
  }

  static Result<void> describe_commit(Workspace& workspace, const model::Manifest&, evidence::Certificate& certificate) {
    MOPS_ASSIGN(const repository::ObjectId commit, workspace.head());
    certificate.commit = commit.hex;
    MOPS_ASSIGN(auto text, workspace.read_at(commit, "mops.lock"));
    if (!text) return {};
    MOPS_ASSIGN(const model::Lock lock, model::read_lock(document::parse_yaml({.path = "mops.lock", .text = std::move(*text)})));
    for (const model::Artifact& artifact : lock.artifacts) certificate.artifacts.push_back({.name = artifact.path, .sha256 = artifact.sha256});
    return {};
  }

  Result<Path> key_path(Env& env) const {
    if (key_) return env.folder / *key_;
    if (const auto config = env.variables.get("XDG_CONFIG_HOME"); config && !config->empty()) return Path(*config) / "mops" / "key.pem";
    const auto home = env.variables.get("HOME");
    if (!home) return fail(ErrorCode::usage, "no place for the signing key: HOME is not set", "say `--key FILE`");
    return Path(*home) / ".config" / "mops" / "key.pem";
  }

  /// Histogram and curves as a file of their own; then the signed statement that names it. Returns the statement's path.
  Result<std::string> write_evidence(Env& env, Workspace& workspace, evidence::Certificate certificate, const certify::Measurement& measured) {
    MOPS_ASSIGN(const Path key_file, key_path(env));
    MOPS_ASSIGN(const evidence::SigningKey key, evidence::load_or_create_signing_key(env.files, key_file));
    const std::string path = evidence::certification_path(certificate.payload, make_ulid(env.clock.now(), env.random));
    const std::string measurements_path = path.substr(0, path.size() - std::string_view(".json").size()) + ".measurements.json";
    const std::string measurements = measurements_json(measured);
    certificate.histogram = evidence::FileReference{.path = measurements_path, .sha256 = sha256(measurements)};
    MOPS_ASSIGN(const std::string envelope, evidence::sign_statement(evidence::to_statement(certificate), key));

    const std::string key_id = key.public_key().id();
    const Path& folder = workspace.folder();
    for (const auto& [name, content] : {std::pair(measurements_path, measurements), std::pair(evidence::public_key_path(key_id), key.public_key().pem()), std::pair(path, envelope)}) {
      MOPS_TRY(env.files.make_directories((folder / name).parent_path()));
      MOPS_TRY(env.files.write(folder / name, content));
    }
    return path;
  }

  static std::string measurements_json(const certify::Measurement& measured) {
    certify::Measurements measurements{.latency = measured.latency.buckets(), .curves = measured.curves};
    measurements.curves.emplace(certify::k_latency_curve, certify::latency_curve(measured.latency));
    return to_json(certify::to_value(measurements)) + "\n";
  }

  Result<ExitCode> show_plan(Env& env, const model::Manifest& manifest, const model::Dataset& dataset, const Digest& payload, const std::string& why_not) const {
    const model::Certification& wanted = manifest.certification;
    env.console.out(fmt::format("plan: certify {} payload {}\n", manifest.name, payload.short_hex()));
    env.console.out(fmt::format("  1. start it in environment {} on a free port\n", manifest.environment.name));
    env.console.out(fmt::format("  2. ask for every row of {} and measure against `{}`\n", dataset.path, wanted.target));
    env.console.out(fmt::format("  3. send {:g} requests/s for {:g} s after {:g} s of warm-up\n", wanted.load.rate_per_second,
                                std::chrono::duration<double>(wanted.load.duration).count(), std::chrono::duration<double>(wanted.load.warmup).count()));
    for (const auto& [name, limit] : wanted.metrics) env.console.out(fmt::format("     {} {}\n", name, limit_text(limit, "")));
    env.console.out("  4. check the contract: metadata, batches, and requests that must be refused\n");
    env.console.out(why_not.empty() ? std::string("  5. sign the statement and write it under evidence/\n") : fmt::format("  5. certify nothing: {}\n", why_not));
    return ExitCode::done;
  }

  void print(Env& env, const model::Manifest& manifest, const Digest& payload, const certify::Measurement& measurement, const std::string& written) const {
    if (format_ == "json") {
      env.console.out(to_json(json_of(manifest, payload, measurement, written), document::JsonLayout::indented));
      return;
    }
    const std::string verdict = env.console.paint_out(colour_of(measurement.verdict), to_string(measurement.verdict));
    if (const std::string reason = reason_of(measurement.checks); !reason.empty()) env.console.out(fmt::format("{}: {}\n", verdict, reason));
    env.console.out(fmt::format("{} payload {}\n\n", manifest.name, payload.hex()));
    env.console.out(check_table(measurement.checks).render(env.console));
    for (const std::string& warning : measurement.warnings) env.console.err(fmt::format("warning: {}\n", warning));
    env.console.out(fmt::format("\n{}{}\n", verdict, written.empty() ? "" : fmt::format(", signed in {}", written)));
  }

  static document::Value json_of(const model::Manifest& manifest, const Digest& payload, const certify::Measurement& measurement, const std::string& written) {
    using document::Value;
    const auto optional = [](const std::optional<double>& value) { return value ? Value(*value) : Value(nullptr); };
    Value checks = Value::list();
    for (const evidence::Check& check : measurement.checks)
      checks.add(Value::map().set("name", check.name).set("value", optional(check.value)).set("low", optional(check.low)).set("high", optional(check.high)).set("minimum", optional(check.limit.minimum))
                     .set("maximum", optional(check.limit.maximum)).set("unit", check.unit).set("n", check.n).set("verdict", to_string(check.verdict)).set("note", check.note));
    Value metrics = Value::map();
    for (const stats::Metric& metric : measurement.metrics) metrics.set(metric.name, optional(metric.value));
    return Value::map().set("format_version", 1).set("model", manifest.name).set("payload", payload.hex()).set("verdict", to_string(measurement.verdict)).set("reason", reason_of(measurement.checks))
        .set("certificate", written.empty() ? Value(nullptr) : Value(written)).set("checks", std::move(checks)).set("metrics", std::move(metrics));
  }

  std::string directory_;
  std::optional<std::string> key_;
  bool dry_run_ = false;
  std::string format_ = "text";
  std::string state_;
};

}  // namespace

std::unique_ptr<Command> make_certify_command() { return std::make_unique<CertifyCommand>(); }

}  // namespace mops::cli
