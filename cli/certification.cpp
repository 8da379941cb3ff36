#include "cli/certification.h"

#include "certify/measurements.h"
#include "certify/verdict.h"
#include "cli/current_version.h"
#include "cli/evidence_folder.h"
#include "cli/machine.h"
#include "cli/rehearsal.h"
#include "cli/served_model.h"
#include "evidence/dsse.h"
#include "evidence/key.h"
#include "evidence/layout.h"
#include "model/lock.h"

namespace mops::cli {
namespace {

/// Empty: the disk is what HEAD says, so that what is measured can be certified.
Result<std::string> reason_against_certifying(Workspace& workspace, const model::Payload& on_disk) {
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

Result<std::string> read_dataset(Env& env, const Path& folder, const model::Dataset& dataset) {
  auto text = env.files.read(folder / dataset.path);
  if (!text)
    return fail(ErrorCode::not_found, fmt::format("the data set `{}` is not there", dataset.path),
                "make it (`mops run holdout`, where the model has that command), and name it in mops.lock if git does not hold it");
  if (dataset.sha256 && sha256(*text) != *dataset.sha256)
    return fail(ErrorCode::refused, fmt::format("`{}` has sha256 {}, mops.yaml says {}", dataset.path, sha256(*text).short_hex(), dataset.sha256->short_hex()),
                "restore the data set, or write the new digest into mops.yaml");
  return text;
}

Result<Path> key_path(const Env& env, const CertifyOptions& options) {
  if (options.key) return env.folder / *options.key;
  if (const auto config = env.variables.get("XDG_CONFIG_HOME"); config && !config->empty()) return Path(*config) / "mops" / "key.pem";
  const auto home = env.variables.get("HOME");
  if (!home || home->empty()) return fail(ErrorCode::usage, "no place for the signing key: HOME is not set", "say `--key FILE`");
  return Path(*home) / ".config" / "mops" / "key.pem";
}

/// One certification, step by step.
class Certifier {
 public:
  Certifier(Env& env, Workspace& workspace, const CertificationPlan& plan, const CertifyOptions& options, Progress& progress)
      : env_(env), workspace_(workspace), plan_(plan), options_(options), progress_(progress) {}

  Result<Certification> run() {
    result_ = {.folder = workspace_.folder_in_repository(), .model = plan_.manifest.name, .payload = plan_.payload.digest(), .why_not = plan_.why_not};
    std::optional<Baseline> baseline;
    if (can_certify()) {
      MOPS_ASSIGN(baseline, find_baseline(env_, workspace_, plan_.manifest.name, result_.payload, options_.against, options_.state));
      MOPS_ASSIGN(const bool reused, reuse(baseline));
      if (reused) return std::move(result_);
    }
    evidence::Certificate certificate{.model = plan_.manifest.name, .level = plan_.manifest.level, .payload = result_.payload, .started = env_.clock.now()};
    MOPS_ASSIGN(const certify::Measurement measurement, measure(certificate));
    for (const stats::Estimate& estimate : measurement.metrics) result_.metrics.push_back(estimate.metric);
    result_.warnings.insert(result_.warnings.begin(), measurement.warnings.begin(), measurement.warnings.end());
    if (can_certify()) {
      MOPS_TRY(describe_payload(certificate));
      MOPS_TRY(add_comparison(baseline, measurement, certificate));
      MOPS_TRY(add_rehearsal(baseline, certificate));
      certificate.finished = env_.clock.now();
      MOPS_ASSIGN(result_.written, write_evidence(certificate, measurement));
    }
    result_.checks = certificate.checks;
    result_.verdict = certificate.verdict;
    result_.performance = certificate.performance;
    return std::move(result_);
  }

 private:
  [[nodiscard]] bool can_certify() const { return plan_.why_not.empty(); }

  Result<bool> reuse(const std::optional<Baseline>& baseline) {
    if (options_.reuse == Reuse::nothing) return false;
    MOPS_ASSIGN(const Path key_file, key_path(env_, options_));
    const auto key = evidence::load_signing_key(env_.files, key_file);
    if (!key) return false;
    std::vector<std::string> problems;
    MOPS_ASSIGN(const auto found, certificates_on_disk(env_, workspace_.folder(), result_.payload, problems));
    for (const FoundCertificate& file : found) {
      const evidence::Certificate& certificate = file.certificate;
      if (file.key_id != key->public_key().id() || certificate.level != plan_.manifest.level || certificate.verdict == Verdict::inconclusive) continue;
      if (!has_same_rehearsal(certificate, baseline)) continue;
      if (!plan_.dataset.sha256 || *plan_.dataset.sha256 != certificate.dataset.sha256) {
        const auto text = env_.files.read(workspace_.folder() / plan_.dataset.path);
        if (!text || sha256(*text) != certificate.dataset.sha256) continue;
      }
      result_.checks = certificate.checks;
      result_.verdict = certificate.verdict;
      result_.performance = certificate.performance;
      for (const auto& [name, value] : certificate.metrics) result_.metrics.push_back({.name = name, .value = value});
      result_.written = file.path;
      result_.reused = certificate.finished;
      return true;
    }
    return false;
  }

  static bool has_same_rehearsal(const evidence::Certificate& certificate, const std::optional<Baseline>& baseline) {
    const std::string current = baseline ? baseline->version.version.to_string() : "";
    if (certificate.comparison && certificate.comparison->baseline != current) return false;
    // What did not pass was not rehearsed.
    if (!certificate.rehearsal) return !baseline || !evidence::passes(certificate.verdict);
    return certificate.rehearsal->baseline == current;
  }

  Result<certify::Measurement> measure(evidence::Certificate& certificate) {
    const double load_before = load_of_machine(env_.files);
    std::optional<repository::ObjectId> commit;
    if (plan_.side == Side::commit) {
      MOPS_ASSIGN(commit, workspace_.head());
    }
    MOPS_ASSIGN(ServedModel served, ServedModel::start(env_, {.workspace = workspace_, .commit = commit}, plan_.manifest, result_.payload, options_.state, progress_));
    MOPS_ASSIGN(std::string text, read_dataset(env_, served.folder(), plan_.dataset));
    certificate.dataset = {.name = plan_.dataset.name, .sha256 = sha256(text)};
    MOPS_ASSIGN(tensor::Dataset parsed, tensor::Dataset::parse(plan_.dataset.path, std::move(text)));
    const tensor::Dataset& rows = rows_.emplace(std::move(parsed));
    certificate.dataset.rows = rows.rows();
    std::optional<Error> own_problem;  // of a program beside the model: what the model printed does not explain it
    auto measurement = certify::measure({.manifest = plan_.manifest, .dataset = rows, .endpoint = served.endpoint(),
                                        .cold_start_ms = std::chrono::duration<double, std::milli>(served.cold_start()).count(),
                                        .usage = [&] { return served.usage(); },
                                        .take_machine = [&](const std::stop_token& stop) { return take_machine(env_.files, stop); },
                                        .measure_own =
                                            [&](const model::OwnMetrics& own, const certify::AnswerTable& table) {
                                              auto metrics = certify::measure_own(own, table, {.folder = served.folder(), .variables = served.variables()}, env_.stop);
                                              if (!metrics) own_problem = metrics.error();
                                              return metrics;
                                            }},
                                       env_.transport,
                                        [&](std::string_view what, uint64_t done, uint64_t total) { progress_.show(what, done, total); }, env_.stop);
    if (own_problem) return fail(*std::move(own_problem));
    if (!measurement) return fail(served.explain(std::move(measurement).error()));
    certificate.verdict = measurement->verdict;
    certificate.checks = measurement->checks;
    certificate.performance = measurement->performance;
    certificate.answers = measurement->answers;
    for (const auto& [metric, interval] : measurement->metrics)
      if (metric.value) certificate.metrics[metric.name] = *metric.value;
    certificate.measured_on = describe_machine(env_.files, load_before);
    if (can_certify() && evidence::passes(certificate.verdict)) {
      certify::ModelClient client(env_.transport, served.endpoint(), plan_.manifest.serving.model, plan_.manifest.interface);
      MOPS_TRY(add_distributions(client, plan_.dataset.name, certificate.dataset.sha256, rows));
      MOPS_TRY(add_training_distributions(client));
    }
    return std::move(*measurement);
  }

  Result<void> add_distributions(certify::ModelClient& client, const std::string& name, const Digest& digest, const tensor::Dataset& rows) {
    MOPS_ASSIGN(certify::DatasetDistributions measured,
                certify::measure_distributions(client, plan_.manifest.interface, rows,
                                               [&](std::string_view what, uint64_t done, uint64_t total) { progress_.show(what, done, total); }, env_.stop));
    measured.dataset = name;
    measured.sha256 = digest;
    distributions_.push_back(std::move(measured));
    return {};
  }

  /// Those whose files are here. Nothing that is certified stands on them, so that what is wrong with one is said, and not more.
  Result<void> add_training_distributions(certify::ModelClient& client) {
    for (const model::Dataset& data : plan_.manifest.datasets) {
      if (data.role != model::DatasetRole::train || data.path.empty()) continue;
      const auto added = [&]() -> Result<void> {
        MOPS_ASSIGN(std::string text, read_dataset(env_, workspace_.folder(), data));
        const Digest digest = sha256(text);
        MOPS_ASSIGN(const tensor::Dataset rows, tensor::Dataset::parse(data.path, std::move(text)));
        return add_distributions(client, data.name, digest, rows);
      }();
      if (!added && added.error().code == ErrorCode::interrupted) return added;
      if (!added) result_.warnings.push_back(fmt::format("the certificate tells nothing of how the training data `{}` is spread: {}", data.name, added.error().message));
    }
    return {};
  }

  Result<void> describe_payload(evidence::Certificate& certificate) {
    for (const model::Dataset& data : plan_.manifest.datasets)
      if (data.role == model::DatasetRole::train && data.sha256) certificate.training.push_back({.name = data.name, .sha256 = *data.sha256});
    for (const model::PayloadFile& file : plan_.payload.files) {
      if (file.path == "mops.yaml") certificate.manifest = file.digest;
      if (file.path == plan_.manifest.environment.lock) certificate.environment_lock = evidence::Subject{.name = file.path, .sha256 = file.digest};
    }
    MOPS_ASSIGN(const repository::ObjectId commit, workspace_.head());
    certificate.commit = commit.hex;
    MOPS_ASSIGN(auto text, workspace_.read_at(commit, "mops.lock"));
    if (!text) return {};
    MOPS_ASSIGN(const model::Lock lock, model::read_lock(document::parse_yaml({.path = "mops.lock", .text = std::move(*text)})));
    for (const model::Artifact& artifact : lock.artifacts) certificate.artifacts.push_back({.name = artifact.path, .sha256 = artifact.sha256});
    return {};
  }

  /// On the rows that were measured. A current version that cannot be asked is no fault of the candidate.
  Result<void> add_comparison(const std::optional<Baseline>& baseline, const certify::Measurement& measurement, evidence::Certificate& certificate) {
    if (!baseline || !measurement.predictions) return {};
    auto compared = compare_with_baseline(env_, workspace_, *baseline, plan_.manifest, *rows_, *measurement.predictions, options_.state, progress_);
    progress_.clear();
    if (!compared && (compared.error().code == ErrorCode::interrupted || baseline->choice == Baseline::Choice::asked_for)) return fail(std::move(compared).error());
    certificate.comparison = compared ? std::move(*compared) : evidence::Comparison{.baseline = baseline->version.version.to_string(), .obstacle = compared.error().message};
    std::vector<evidence::Check> checks = certify::hold_against_current(plan_.manifest.certification, *certificate.comparison, certificate.dataset.rows);
    const auto behind_metrics = std::find_if(certificate.checks.begin(), certificate.checks.end(), [](const evidence::Check& check) { return !check.name.starts_with("metrics/"); });
    certificate.checks.insert(behind_metrics, std::move_iterator(checks.begin()), std::move_iterator(checks.end()));
    certificate.verdict = certify::verdict_of(certificate.checks);
    return {};
  }

  /// What does not pass by itself is not rehearsed: it will never be promoted.
  Result<void> add_rehearsal(const std::optional<Baseline>& baseline, evidence::Certificate& certificate) {
    if (!evidence::passes(certificate.verdict)) return {};
    if (!baseline) {
      certificate.rehearsal = evidence::Rehearsal{.obstacle = "first version, nothing to rehearse"};
      return {};
    }
    auto rehearsed = rehearse(env_, workspace_, {.manifest = plan_.manifest, .payload = plan_.payload, .measured = certificate}, *baseline, options_.state, progress_);
    progress_.clear();
    if (!rehearsed && (rehearsed.error().code == ErrorCode::interrupted || baseline->choice == Baseline::Choice::asked_for)) return fail(std::move(rehearsed).error());
    const bool suits_nobody = rehearsed && !rehearsed->obstacle.empty();
    certificate.rehearsal = rehearsed ? std::move(*rehearsed)
                                      : evidence::Rehearsal{.baseline = baseline->version.version.to_string(), .obstacle = rehearsed.error().message};
    if (suits_nobody) {
      // A version that breaks clients must be possible; release notes and promotion speak of it.
      result_.warnings.push_back(fmt::format("the upgrade from {} was not rehearsed: {}", certificate.rehearsal->baseline, certificate.rehearsal->obstacle));
      return {};
    }
    certificate.checks.push_back(check_of(*certificate.rehearsal));
    certificate.verdict = certify::verdict_of(certificate.checks);
    return {};
  }

  static evidence::Check check_of(const evidence::Rehearsal& rehearsal) {
    evidence::Check check{.name = "rehearsal/failed_requests", .limit = {.maximum = 0}, .n = rehearsal.requests};
    if (!rehearsal.obstacle.empty()) {
      check.verdict = Verdict::warned;
      check.note = fmt::format("not rehearsed against {}: {}", rehearsal.baseline, rehearsal.obstacle);
      return check;
    }
    check.value = static_cast<double>(rehearsal.failed);
    check.note = fmt::format("{} to this and back: promoted in {:.0f} ms, rolled back in {:.0f} ms{}", rehearsal.baseline, rehearsal.promote_ms, rehearsal.rollback_ms,
                             rehearsal.first_failure.empty() ? "" : ", first failure: " + rehearsal.first_failure);
    return certify::judged(std::move(check));
  }

  /// Histogram and curves as a file of their own; then the signed statement that names it. Returns the statement's path.
  Result<std::string> write_evidence(evidence::Certificate& certificate, const certify::Measurement& measured) {
    MOPS_ASSIGN(const Path key_file, key_path(env_, options_));
    MOPS_ASSIGN(const evidence::SigningKey key, evidence::load_or_create_signing_key(env_.files, key_file));
    const std::string path = evidence::certification_path(certificate.payload, make_ulid(env_.clock.now(), env_.random));
    const std::string measurements_path = path.substr(0, path.size() - std::string_view(".json").size()) + ".measurements.json";
    const std::string measurements = measurements_json(measured);
    certificate.histogram = evidence::FileReference{.path = measurements_path, .sha256 = sha256(measurements)};
    MOPS_ASSIGN(const std::string envelope, evidence::sign_statement(evidence::to_statement(certificate), key));

    const std::string key_id = key.public_key().id();
    const Path& folder = workspace_.folder();
    for (const auto& [name, content] : {std::pair(measurements_path, measurements), std::pair(evidence::public_key_path(key_id), key.public_key().pem()), std::pair(path, envelope)}) {
      MOPS_TRY(env_.files.make_directories((folder / name).parent_path()));
      MOPS_TRY(env_.files.write(folder / name, content));
    }
    return path;
  }

  [[nodiscard]] std::string measurements_json(const certify::Measurement& measured) const {
    certify::Measurements measurements{.latency = measured.latency.buckets(), .curves = measured.curves, .distributions = distributions_};
    measurements.curves.emplace(certify::k_latency_curve, certify::latency_curve(measured.latency));
    return to_json(certify::to_value(measurements)) + "\n";
  }

  Env& env_;
  Workspace& workspace_;
  const CertificationPlan& plan_;
  const CertifyOptions& options_;
  Progress& progress_;
  Certification result_;
  std::optional<tensor::Dataset> rows_;  ///< of the holdout set
  std::vector<certify::DatasetDistributions> distributions_;
};

}  // namespace

Result<CertificationPlan> plan_certification(Workspace& workspace) {
  MOPS_ASSIGN(model::Payload on_disk, workspace.payload(Side::work_tree));
  CertificationPlan plan;
  MOPS_ASSIGN(plan.why_not, reason_against_certifying(workspace, on_disk));
  plan.side = plan.why_not.empty() ? Side::commit : Side::work_tree;
  MOPS_ASSIGN(plan.manifest, workspace.manifest(plan.side));
  MOPS_ASSIGN(plan.payload, plan.side == Side::commit ? workspace.payload(plan.side) : Result<model::Payload>(std::move(on_disk)));
  const model::Dataset* dataset = plan.manifest.find_dataset(plan.manifest.certification.dataset);
  if (dataset == nullptr || dataset->path.empty())
    return fail(ErrorCode::invalid, fmt::format("`certification.dataset` names `{}`, which has no file in this repository", plan.manifest.certification.dataset),
                "list it under `datasets` with a `path`");
  plan.dataset = *dataset;
  return plan;
}

Result<Certification> certify_model(Env& env, Workspace& workspace, const CertificationPlan& plan, const CertifyOptions& options, Progress& progress) {
  auto certification = Certifier(env, workspace, plan, options, progress).run();
  progress.clear();
  return certification;
}

}  // namespace mops::cli
