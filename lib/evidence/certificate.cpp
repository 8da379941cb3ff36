#include "evidence/certificate.h"

#include "evidence/predicate_reader.h"

#include <algorithm>
#include <fmt/format.h>
#include <set>

namespace mops::evidence {
namespace {

using document::Field;
using document::Value;

constexpr std::string_view k_extension = "mops_certification";
constexpr std::string_view k_format = "certificate/v1";
constexpr std::string_view k_payload_subject = "payload";

std::string_view standard_result(Verdict verdict) {
  return to_string(verdict == Verdict::inconclusive ? Verdict::failed : verdict);
}

Value digest_map(const Digest& digest) { return Value::map().set("sha256", digest.hex()); }

/// Names of the checks whose result to the standard is `result`.
Value tests_with(const Certificate& certificate, Verdict result) {
  Value names = Value::list();
  for (const Check& check : certificate.checks)
    if (standard_result(check.verdict) == to_string(result)) names.add(check.name);
  return names;
}

void set_limit(Value& map, const model::Limit& limit) {
  if (limit.minimum) map.set("min", *limit.minimum);
  if (limit.maximum) map.set("max", *limit.maximum);
}

Value to_value(const Check& check) {
  Value map = Value::map().set("name", check.name);
  if (check.value) map.set("value", *check.value);
  if (check.low && check.high) map.set("low", *check.low).set("high", *check.high);
  set_limit(map, check.limit);
  if (!check.unit.empty()) map.set("unit", check.unit);
  map.set("n", check.n).set("verdict", to_string(check.verdict));
  if (!check.note.empty()) map.set("note", check.note);
  return map;
}

Value to_value(const Performance& performance) {
  Value map = Value::map();
  map
      .set("p50_ms", performance.p50_ms)
      .set("p99_ms", performance.p99_ms)
      .set("max_ms", performance.max_ms)
      .set("throughput_per_second", performance.throughput_per_second)
      .set("error_share", performance.error_share)
      .set("requests", performance.requests)
      .set("errors", performance.errors)
      .set("rate_per_second", performance.rate_per_second)
      .set("duration_seconds", performance.duration_seconds);
  if (performance.uncorrected_p99_ms) map.set("uncorrected_p99_ms", *performance.uncorrected_p99_ms);
  if (!performance.errors_by_class.empty()) {
    Value classes = Value::map();
    for (const auto& [name, count] : performance.errors_by_class) classes.set(name, count);
    map.set("errors_by_class", std::move(classes));
  }
  if (performance.cold_start_ms) map.set("cold_start_ms", *performance.cold_start_ms);
  if (performance.cpu_seconds) map.set("cpu_seconds", *performance.cpu_seconds);
  if (performance.peak_memory_bytes) map.set("peak_memory_bytes", *performance.peak_memory_bytes);
  if (!performance.runs.empty()) {
    Value runs = Value::list();
    for (const LoadRun& run : performance.runs)
      runs.add(Value::map().set("p50_ms", run.p50_ms).set("p99_ms", run.p99_ms).set("throughput_per_second", run.throughput_per_second).set("requests", run.requests));
    map.set("runs", std::move(runs));
  }
  if (performance.capacity) map.set("capacity", Value::map().set("per_second", performance.capacity->per_second).set("at_least", performance.capacity->is_least));
  return map;
}

Value to_value(const CertifiedAnswers& answers) {
  Value rows = Value::list();
  for (const CertifiedRow& row : answers.rows) {
    Value digests = Value::list();
    for (const std::string& digest : row.digests) digests.add(digest);
    rows.add(Value::map().set("row", row.row).set("digests", std::move(digests)));
  }
  return Value::map().set("tolerance", answers.tolerance).set("rows", std::move(rows));
}

Value to_value(const Rehearsal& rehearsal) {
  if (rehearsal.baseline.empty()) return Value::map().set("obstacle", rehearsal.obstacle);
  Value map = Value::map().set("baseline", rehearsal.baseline);
  if (!rehearsal.obstacle.empty()) return map.set("obstacle", rehearsal.obstacle);
  map.set("payload", rehearsal.payload.hex()).set("promote_ms", rehearsal.promote_ms).set("rollback_ms", rehearsal.rollback_ms);
  map.set("requests", rehearsal.requests).set("failed", rehearsal.failed);
  if (!rehearsal.first_failure.empty()) map.set("first_failure", rehearsal.first_failure);
  return map;
}

Value to_value(const Comparison& comparison) {
  Value map = Value::map().set("baseline", comparison.baseline);
  if (!comparison.obstacle.empty()) return map.set("obstacle", comparison.obstacle);
  Value metrics = Value::map();
  for (const MetricDifference& one : comparison.metrics) {
    Value entry = Value::map().set("current", one.current).set("candidate", one.candidate);
    if (one.low && one.high) entry.set("low", *one.low).set("high", *one.high);
    metrics.set(one.name, std::move(entry));
  }
  map.set("payload", comparison.payload.hex()).set("metrics", std::move(metrics));
  if (comparison.mcnemar)
    map.set("mcnemar", Value::map()
                           .set("only_current_right", comparison.mcnemar->only_current_right)
                           .set("only_candidate_right", comparison.mcnemar->only_candidate_right)
                           .set("p_value", comparison.mcnemar->p_value));
  if (comparison.other_class) map.set("other_class", *comparison.other_class);
  if (comparison.mean_distance) map.set("mean_distance", *comparison.mean_distance);
  return map;
}

Value to_value(const MeasuredOn& on) {
  return Value::map()
      .set("target", on.target)
      .set("cpu_model", on.cpu_model)
      .set("cores", on.cores)
      .set("memory_bytes", on.memory_bytes)
      .set("load_before", on.load_before)
      .set("mops", on.mops_version);
}

Value extension_of(const Certificate& certificate) {
  Value artifacts = Value::list();
  for (const Subject& artifact : certificate.artifacts) artifacts.add(artifact.name);
  Value checks = Value::list();
  for (const Check& check : certificate.checks) checks.add(to_value(check));
  Value metrics = Value::map();
  for (const auto& [name, value] : certificate.metrics) metrics.set(name, value);
  Value map = Value::map()
                  .set("format", k_format)
                  .set("verdict", to_string(certificate.verdict))
                  .set("model", certificate.model)
                  .set("payload", certificate.payload.hex())
                  .set("manifest", certificate.manifest.hex())
                  .set("commit", certificate.commit)
                  .set("artifacts", std::move(artifacts));
  if (certificate.level) map.set("level", model::to_string(*certificate.level));
  if (certificate.environment_lock) map.set("environment_lock", certificate.environment_lock->name);
  map.set("dataset", Value::map()
                         .set("name", certificate.dataset.name)
                         .set("sha256", certificate.dataset.sha256.hex())
                         .set("rows", certificate.dataset.rows));
  Value training = Value::list();
  for (const TrainingDataset& data : certificate.training) training.add(Value::map().set("name", data.name).set("sha256", data.sha256.hex()));
  if (!certificate.training.empty()) map.set("training", std::move(training));
  map.set("checks", std::move(checks)).set("metrics", std::move(metrics)).set("performance", to_value(certificate.performance));
  if (certificate.histogram)
    map.set("histogram", Value::map().set("path", certificate.histogram->path).set("sha256", certificate.histogram->sha256.hex()));
  if (certificate.rehearsal) map.set("rehearsal", to_value(*certificate.rehearsal));
  if (certificate.comparison) map.set("comparison", to_value(*certificate.comparison));
  return map.set("answers", to_value(certificate.answers))
      .set("measured_on", to_value(certificate.measured_on))
      .set("started", to_rfc3339(certificate.started))
      .set("finished", to_rfc3339(certificate.finished));
}

Verdict read_verdict(const Field& field) {
  return field.choice<Verdict>({{"PASSED", Verdict::passed}, {"WARNED", Verdict::warned}, {"FAILED", Verdict::failed}, {"INCONCLUSIVE", Verdict::inconclusive}},
                               Verdict::inconclusive);
}

std::vector<Check> read_checks(const Field& field) {
  std::vector<Check> checks;
  std::set<std::string> seen;
  for (const Field& item : field.items()) {
    Check check{.name = item.at("name").text(),
                .value = item.maybe("value").maybe_number(),
                .low = item.maybe("low").maybe_number(),
                .high = item.maybe("high").maybe_number(),
                .limit = {.minimum = item.maybe("min").maybe_number(), .maximum = item.maybe("max").maybe_number()},
                .unit = item.maybe("unit").text(),
                .n = item.at("n").count(),
                .verdict = read_verdict(item.at("verdict")),
                .note = item.maybe("note").text()};
    if (!seen.insert(check.name).second) item.refuse(fmt::format("check `{}` is there twice", check.name));
    checks.push_back(std::move(check));
  }
  return checks;
}

Performance read_performance(const Field& field) {
  std::map<std::string, uint64_t> classes;
  for (const auto& [name, count] : field.maybe("errors_by_class").entries()) classes.emplace(name, count.count());
  const Field memory = field.maybe("peak_memory_bytes");
  std::vector<LoadRun> runs;
  for (const Field& run : field.maybe("runs").items())
    runs.push_back({.p50_ms = run.at("p50_ms").number(), .p99_ms = run.at("p99_ms").number(), .throughput_per_second = run.at("throughput_per_second").number(),
                    .requests = run.at("requests").count()});
  std::optional<Capacity> capacity;
  if (const Field found = field.maybe("capacity"); found.present())
    capacity = Capacity{.per_second = found.at("per_second").number(), .is_least = found.at("at_least").boolean()};
  return {.p50_ms = field.at("p50_ms").number(),
          .p99_ms = field.at("p99_ms").number(),
          .max_ms = field.at("max_ms").number(),
          .throughput_per_second = field.at("throughput_per_second").number(),
          .error_share = field.at("error_share").number(),
          .requests = field.at("requests").count(),
          .errors = field.at("errors").count(),
          .rate_per_second = field.at("rate_per_second").number(),
          .duration_seconds = field.at("duration_seconds").number(),
          .uncorrected_p99_ms = field.maybe("uncorrected_p99_ms").maybe_number(),
          .errors_by_class = std::move(classes),
          .cold_start_ms = field.maybe("cold_start_ms").maybe_number(),
          .cpu_seconds = field.maybe("cpu_seconds").maybe_number(),
          .peak_memory_bytes = memory.present() ? std::optional(memory.count()) : std::nullopt,
          .runs = std::move(runs),
          .capacity = capacity};
}

CertifiedAnswers read_answers(const Field& field) {
  CertifiedAnswers answers{.tolerance = field.at("tolerance").number()};
  for (const Field& item : field.at("rows").items()) answers.rows.push_back({.row = item.at("row").count(), .digests = item.at("digests").texts()});
  return answers;
}

Rehearsal read_rehearsal(const Field& field) {
  Rehearsal rehearsal{.baseline = field.maybe("baseline").text(), .obstacle = field.maybe("obstacle").text()};
  if (!rehearsal.obstacle.empty()) return rehearsal;
  rehearsal.payload = field.at("payload").digest();
  rehearsal.promote_ms = field.at("promote_ms").number();
  rehearsal.rollback_ms = field.at("rollback_ms").number();
  rehearsal.requests = field.at("requests").count();
  rehearsal.failed = field.at("failed").count();
  rehearsal.first_failure = field.maybe("first_failure").text();
  return rehearsal;
}

Comparison read_comparison(const Field& field) {
  Comparison comparison{.baseline = field.at("baseline").text(), .obstacle = field.maybe("obstacle").text()};
  if (!comparison.obstacle.empty()) return comparison;
  comparison.payload = field.at("payload").digest();
  for (const auto& [name, item] : field.at("metrics").entries())
    comparison.metrics.push_back({.name = name,
                                  .current = item.at("current").number(),
                                  .candidate = item.at("candidate").number(),
                                  .low = item.maybe("low").maybe_number(),
                                  .high = item.maybe("high").maybe_number()});
  if (const Field test = field.maybe("mcnemar"); test.present())
    comparison.mcnemar = McNemar{.only_current_right = test.at("only_current_right").count(),
                                 .only_candidate_right = test.at("only_candidate_right").count(),
                                 .p_value = test.at("p_value").number()};
  comparison.other_class = field.maybe("other_class").maybe_number();
  comparison.mean_distance = field.maybe("mean_distance").maybe_number();
  return comparison;
}

MeasuredOn read_measured_on(const Field& field) {
  return {.target = field.at("target").text(),
          .cpu_model = field.at("cpu_model").text(),
          .cores = field.at("cores").count(),
          .memory_bytes = field.at("memory_bytes").count(),
          .load_before = field.at("load_before").number(),
          .mops_version = field.at("mops").text()};
}

/// The subject that `field` names; its digest stands only in the statement. Searched from the end: a file may be called
/// `payload`, like the first subject.
Subject read_subject(const Field& field, const Statement& statement) {
  const std::string name = field.text();
  const auto found = std::find_if(statement.subjects.rbegin(), statement.subjects.rend(), [&](const Subject& subject) { return subject.name == name; });
  if (found != statement.subjects.rend()) return *found;
  field.refuse(fmt::format("found `{}`, which is no subject of the statement", name));
  return {.name = name};
}

Certificate read_extension(const Field& field, const Statement& statement) {
  Certificate certificate;
  certificate.verdict = read_verdict(field.at("verdict"));
  certificate.model = field.at("model").text();
  if (const Field level = field.maybe("level"); level.present())
    certificate.level = level.choice<model::Level>({{"prototype", model::Level::prototype}, {"production", model::Level::production}}, model::Level::prototype);
  const Field payload = field.at("payload");
  certificate.payload = payload.digest();
  const Subject* payload_subject = statement.find_subject(k_payload_subject);
  if (payload_subject == nullptr || payload_subject->sha256 != certificate.payload)
    payload.refuse(fmt::format("found payload {}, which is not the subject of the statement", certificate.payload.hex()));
  certificate.manifest = field.at("manifest").digest();
  certificate.commit = read_commit(field.at("commit"));
  for (const Field& item : field.at("artifacts").items()) certificate.artifacts.push_back(read_subject(item, statement));
  if (const Field lock = field.maybe("environment_lock"); lock.present()) certificate.environment_lock = read_subject(lock, statement);
  const Field dataset = field.at("dataset");
  certificate.dataset = {.name = dataset.at("name").text(), .sha256 = dataset.at("sha256").digest(), .rows = dataset.at("rows").count()};
  for (const Field& item : field.maybe("training").items()) certificate.training.push_back({.name = item.at("name").text(), .sha256 = item.at("sha256").digest()});
  certificate.checks = read_checks(field.at("checks"));
  for (const auto& [name, value] : field.at("metrics").entries()) certificate.metrics.emplace(name, value.number());
  certificate.performance = read_performance(field.at("performance"));
  if (const Field histogram = field.maybe("histogram"); histogram.present())
    certificate.histogram = FileReference{.path = histogram.at("path").path(), .sha256 = histogram.at("sha256").digest()};
  certificate.answers = read_answers(field.at("answers"));
  if (const Field rehearsal = field.maybe("rehearsal"); rehearsal.present()) certificate.rehearsal = read_rehearsal(rehearsal);
  if (const Field comparison = field.maybe("comparison"); comparison.present()) certificate.comparison = read_comparison(comparison);
  certificate.measured_on = read_measured_on(field.at("measured_on"));
  certificate.started = field.at("started").time();
  certificate.finished = field.at("finished").time();
  return certificate;
}

}  // namespace

Statement to_statement(const Certificate& certificate) {
  Statement statement{.subjects = {{.name = std::string(k_payload_subject), .sha256 = certificate.payload}}, .predicate_type = std::string(k_test_result_type)};
  statement.subjects.insert(statement.subjects.end(), certificate.artifacts.begin(), certificate.artifacts.end());
  if (certificate.environment_lock) statement.subjects.push_back(*certificate.environment_lock);

  Value configuration = Value::list();
  configuration.add(Value::map().set("name", "mops.yaml").set("digest", digest_map(certificate.manifest)));
  configuration.add(Value::map().set("name", certificate.dataset.name).set("digest", digest_map(certificate.dataset.sha256)));
  statement.predicate = Value::map()
                            .set("result", standard_result(certificate.verdict))
                            .set("configuration", std::move(configuration))
                            .set("passedTests", tests_with(certificate, Verdict::passed))
                            .set("warnedTests", tests_with(certificate, Verdict::warned))
                            .set("failedTests", tests_with(certificate, Verdict::failed))
                            .set(std::string(k_extension), extension_of(certificate));
  return statement;
}

const Check* Certificate::find_check(std::string_view name) const {
  const auto found = std::find_if(checks.begin(), checks.end(), [&](const Check& check) { return check.name == name; });
  return found == checks.end() ? nullptr : &*found;
}

Result<Certificate> read_certificate(const Statement& statement) {
  MOPS_TRY(expect_predicate(statement, k_test_result_type));
  const document::Document document = predicate_document(statement);
  document::Reader reader(document);
  const Field root = reader.root();
  const Field extension = root.at(k_extension);
  extension.expect_format("certificate", 1);
  Certificate certificate = read_extension(extension, statement);

  const Field result = root.at("result");
  if (const std::string word = result.text(); word != standard_result(certificate.verdict))
    result.refuse(fmt::format("found result `{}` beside verdict `{}`", word, to_string(certificate.verdict)));
  const auto expect_tests = [&](std::string_view key, Verdict verdict) {
    std::vector<std::string> expected;
    for (const Check& check : certificate.checks)
      if (standard_result(check.verdict) == to_string(verdict)) expected.push_back(check.name);
    const Field tests = root.at(key);
    if (tests.texts() != expected) tests.refuse(fmt::format("`{}` names other tests than the checks say", key));
  };
  expect_tests("passedTests", Verdict::passed);
  expect_tests("warnedTests", Verdict::warned);
  expect_tests("failedTests", Verdict::failed);
  return reader.finish(std::move(certificate));
}

}  // namespace mops::evidence
