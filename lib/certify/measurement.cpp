#include "certify/measurement.h"

#include "certify/answers.h"
#include "certify/contract.h"
#include "certify/verdict.h"
#include "load/load.h"

namespace mops::certify {
namespace {

constexpr uint64_t k_certified_rows = 32;
/// Bodies that are prepared for the load; a larger data set is walked through in this many steps.
constexpr size_t k_bodies = 2000;

double milliseconds(uint64_t nanoseconds) { return static_cast<double>(nanoseconds) / 1e6; }

Result<load::LoadPlan> plan_load(const MeasurementOrder& order) {
  const model::Load& wanted = order.manifest.certification.load;
  load::LoadPlan plan{.host = order.endpoint.host,
                      .port = order.endpoint.port,
                      .path = tensor::infer_path(order.manifest.serving.model),
                      .rate_per_second = wanted.rate_per_second,
                      .warmup = wanted.warmup,
                      .duration = wanted.duration};
  const size_t rows = order.dataset.rows();
  const size_t size = std::min<size_t>(rows, std::max<uint64_t>(1, wanted.rows_per_request));
  const size_t bodies = std::min(k_bodies, rows / size);
  for (size_t i = 0; i < bodies; ++i) {
    const size_t first = i * (rows / size) / bodies * size;
    MOPS_ASSIGN(std::string body, tensor::infer_request(order.dataset, order.manifest.interface, {.first = first, .end = first + size}));
    plan.bodies.push_back(std::move(body));
  }
  return plan;
}

evidence::Performance performance_of(const load::LoadReport& report, const model::Load& wanted) {
  evidence::Performance performance{.throughput_per_second = report.throughput,
                                    .requests = report.requests,
                                    .errors = report.errors.all(),
                                    .rate_per_second = wanted.rate_per_second,
                                    .duration_seconds = report.seconds};
  for (const load::LoadErrorClass& kind : load::k_load_error_classes)
    if (const uint64_t count = report.errors.*kind.count; count > 0) performance.errors_by_class.emplace(kind.name, count);
  if (report.latency.count() > 0) {
    performance.p50_ms = milliseconds(report.latency.quantile(0.5));
    performance.p99_ms = milliseconds(report.latency.quantile(0.99));
    performance.max_ms = milliseconds(report.latency.quantile(1));
    performance.uncorrected_p99_ms = milliseconds(report.uncorrected.quantile(0.99));
  }
  if (report.requests > 0) performance.error_share = static_cast<double>(report.errors.all()) / static_cast<double>(report.requests);
  return performance;
}

Result<load::LoadReport> send_load(const MeasurementOrder& order, const std::stop_token& stop) {
  MOPS_ASSIGN(const load::LoadPlan plan, plan_load(order));
  FolderLock machine;
  if (order.take_machine) {
    MOPS_ASSIGN(machine, order.take_machine(stop));
  }
  return load::run_load(plan, stop);
}

/// Equal questions have equal answers: without that nothing that was certified means anything later.
Result<evidence::Check> check_repeatable(ModelClient& client, const tensor::Dataset& dataset, const evidence::CertifiedAnswers& answers, const std::stop_token& stop) {
  const auto same = verify_answers(client, dataset, answers, stop);
  if (!same && same.error().code != ErrorCode::refused) return fail(same.error());
  return judged({.name = "answers/repeatable", .value = same ? 1.0 : 0.0, .limit = {.minimum = 1}, .n = answers.rows.size(), .note = same ? "" : same.error().message});
}

/// measure_predictions holds every answer against the interface, and ends at the first that is another one.
evidence::Check outputs_passed(const tensor::Dataset& dataset) {
  return judged({.name = "contract/outputs", .value = 0, .limit = {.maximum = 0}, .n = dataset.rows()});
}

/// After predictions that could not be measured: what the interface says of every row. Where no row is answered as it says there is
/// nothing to certify, and `reason` is the answer.
Result<Measurement> measure_outputs_only(const ContractOrder& order, Error reason, http::Transport& transport, const Progress& progress, const std::stop_token& stop) {
  if (reason.code != ErrorCode::refused) return fail(std::move(reason));
  MOPS_ASSIGN(evidence::Check outputs, check_outputs(order, transport, progress, stop));
  if (outputs.verdict == Verdict::passed || outputs.value == static_cast<double>(outputs.n)) return fail(std::move(reason));
  Measurement measurement{.answers = {.tolerance = order.manifest.certification.tolerance}};
  measurement.checks.push_back(std::move(outputs));
  for (evidence::Check& check : hold_against_limits(order.manifest.certification, {}, 0, {})) {
    check.note = "not measured: some answers are not what the interface says";
    measurement.checks.push_back(std::move(check));
  }
  MOPS_ASSIGN(std::vector<evidence::Check> contract, check_contract(order, transport, progress, stop));
  std::move(contract.begin(), contract.end(), std::back_inserter(measurement.checks));
  measurement.verdict = verdict_of(measurement.checks);
  return measurement;
}

}  // namespace

Result<Measurement> measure(const MeasurementOrder& order, http::Transport& transport, const Progress& progress, std::stop_token stop) {
  const model::Manifest& manifest = order.manifest;
  if (order.dataset.rows() == 0) return fail(ErrorCode::invalid, fmt::format("`{}` has no rows", order.dataset.path()), "a holdout set needs some");
  const ContractOrder contract{.manifest = manifest, .dataset = order.dataset, .endpoint = order.endpoint};
  Measurement measurement;
  ModelClient client(transport, order.endpoint, manifest.serving.model, manifest.interface);
  AnswerTable answers(order.dataset);
  std::function<void(const tensor::Answer&)> keep;
  if (order.measure_own && !manifest.certification.own_metrics.empty()) keep = [&](const tensor::Answer& answer) { answers.add(answer); };
  auto predictions = measure_predictions(client, manifest, order.dataset, progress, stop, keep);
  if (!predictions) return measure_outputs_only(contract, std::move(predictions).error(), transport, progress, stop);
  measurement.curves = std::move(predictions->curves);
  measurement.predictions = std::move(predictions->sample);
  if (progress) progress("resampling predictions", 0, 0);
  MOPS_ASSIGN(measurement.metrics, stats::estimate(*measurement.predictions, {}, bootstrap_plan(order.dataset.rows()), stop));
  std::vector<evidence::Check> own_checks;
  for (const model::OwnMetrics& own : manifest.certification.own_metrics) {
    if (!order.measure_own) break;
    if (progress) progress(fmt::format("running {}", fmt::join(own.command, " ")), 0, 0);
    MOPS_ASSIGN(const std::vector<stats::Metric> metrics, order.measure_own(own, answers));
    for (const stats::Metric& metric : metrics) measurement.metrics.push_back({.metric = metric, .interval = std::nullopt});
    for (evidence::Check& check : check_own(own, metrics, order.dataset.rows())) own_checks.push_back(std::move(check));
  }
  MOPS_ASSIGN(measurement.answers,
              certify_answers(client, order.dataset, spread_rows(order.dataset.rows(), k_certified_rows), manifest.certification.tolerance, stop));
  MOPS_ASSIGN(evidence::Check repeatable, check_repeatable(client, order.dataset, measurement.answers, stop));

  const model::Load& wanted = manifest.certification.load;
  if (progress)
    progress(fmt::format("sending {} requests/s for {} s", wanted.rate_per_second, std::chrono::duration<double>(wanted.duration + wanted.warmup).count()), 0, 0);
  const std::optional<ProcessUsage> before = order.usage ? order.usage() : std::nullopt;
  MOPS_ASSIGN(const load::LoadReport report, send_load(order, stop));
  measurement.performance = performance_of(report, wanted);
  measurement.performance.cold_start_ms = order.cold_start_ms;
  if (const auto after = before ? order.usage() : std::nullopt) {
    measurement.performance.cpu_seconds = std::max(0.0, after->cpu_seconds - before->cpu_seconds);
    measurement.performance.peak_memory_bytes = after->peak_memory_bytes;
  }
  if (report.interrupted) return fail(ErrorCode::interrupted, "the load was interrupted");
  measurement.latency.merge(report.latency);
  if (report.generator_limited) measurement.warnings.push_back(*report.generator_limited);

  measurement.checks = hold_against_limits(manifest.certification, measurement.metrics, order.dataset.rows(), measurement.performance);
  const auto after_metrics = std::find_if(measurement.checks.begin(), measurement.checks.end(), [](const auto& check) { return !check.name.starts_with("metrics/"); });
  measurement.checks.insert(after_metrics, std::make_move_iterator(own_checks.begin()), std::make_move_iterator(own_checks.end()));
  if (report.generator_limited) excuse_from_generator(measurement.checks, *report.generator_limited);
  measurement.checks.push_back(std::move(repeatable));
  for (evidence::Check& check : measurement.checks)
    if (check.name == "errors/share" && !report.first_error.empty()) check.note = "first: " + report.first_error;
  measurement.checks.push_back(outputs_passed(order.dataset));
  // Last, since a model that breaks by it can still be measured before.
  MOPS_ASSIGN(std::vector<evidence::Check> checks, check_contract(contract, transport, progress, stop));
  std::move(checks.begin(), checks.end(), std::back_inserter(measurement.checks));
  measurement.verdict = verdict_of(measurement.checks);
  return measurement;
}

}  // namespace mops::certify
