#include "certify/measurement.h"

#include "certify/answers.h"
#include "certify/contract.h"
#include "certify/load_phase.h"
#include "certify/measurements.h"
#include "certify/verdict.h"

namespace mops::certify {
namespace {

constexpr uint64_t k_certified_rows = 32;

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

  MOPS_ASSIGN(MeasuredLoad load, measure_load(order, progress, stop));
  measurement.performance = std::move(load.performance);
  measurement.performance.cold_start_ms = order.cold_start_ms;
  measurement.latency.merge(load.latency);
  // One rate is no curve.
  if (load.rate_curve.size() > 1) measurement.curves.emplace(k_rate_curve, std::move(load.rate_curve));
  if (load.generator_limited) measurement.warnings.push_back(*load.generator_limited);

  measurement.checks = hold_against_limits(manifest.certification, measurement.metrics, order.dataset.rows(), measurement.performance);
  const auto after_metrics = std::find_if(measurement.checks.begin(), measurement.checks.end(), [](const auto& check) { return !check.name.starts_with("metrics/"); });
  measurement.checks.insert(after_metrics, std::make_move_iterator(own_checks.begin()), std::make_move_iterator(own_checks.end()));
  if (load.generator_limited) excuse_from_generator(measurement.checks, *load.generator_limited);
  measurement.checks.push_back(std::move(repeatable));
  for (evidence::Check& check : measurement.checks)
    if (check.name == "errors/share" && !load.first_error.empty()) check.note = "first: " + load.first_error;
  measurement.checks.push_back(outputs_passed(order.dataset));
  // Last, since a model that breaks by it can still be measured before.
  MOPS_ASSIGN(std::vector<evidence::Check> checks, check_contract(contract, transport, progress, stop));
  std::move(checks.begin(), checks.end(), std::back_inserter(measurement.checks));
  measurement.verdict = verdict_of(measurement.checks);
  return measurement;
}

}  // namespace mops::certify
