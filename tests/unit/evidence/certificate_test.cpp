#include "evidence/certificate.h"

#include "base/text.h"
#include "evidence/dsse.h"

#include <doctest/doctest.h>

using namespace mops;
using namespace mops::evidence;

namespace {

Digest digest(char c) { return *Digest::parse(std::string(64, c)); }

Certificate certificate() {
  return {.verdict = Verdict::warned,
          .model = "churn",
          .payload = digest('a'),
          .manifest = digest('b'),
          .commit = std::string(40, 'c'),
          .artifacts = {{.name = "model/weights.json", .sha256 = digest('d')}},
          .environment_lock = Subject{.name = "requirements.lock", .sha256 = digest('e')},
          .dataset = {.name = "holdout", .sha256 = digest('f'), .rows = 114},
          .checks = {{.name = "metrics/roc_auc", .value = 0.99, .limit = {.minimum = 0.95, .maximum = {}}, .unit = "", .n = 114, .verdict = Verdict::passed, .note = ""},
                     {.name = "latency/p99_ms", .value = 99.5, .limit = {.minimum = {}, .maximum = 100.0}, .unit = "ms", .n = 1000, .verdict = Verdict::warned, .note = "near its limit"},
                     {.name = "answers/deterministic", .value = {}, .limit = {}, .unit = "", .n = 0, .verdict = Verdict::inconclusive, .note = ""}},
          .metrics = {{"log_loss", 0.1}, {"roc_auc", 0.99}},
          .performance = {.p50_ms = 1.5, .p99_ms = 99.5, .max_ms = 120, .throughput_per_second = 99.9, .error_share = 0, .requests = 1000, .errors = 0, .rate_per_second = 100, .duration_seconds = 10},
          .histogram = FileReference{.path = "evidence/h.json", .sha256 = digest('1')},
          .answers = {.tolerance = 1e-6, .rows = {{.row = 0, .digests = {"0123456789abcdef", "fedcba9876543210"}}, {.row = 7, .digests = {}}}},
          .measured_on = {.target = "local", .cpu_model = "cpu", .cores = 2, .memory_bytes = 17'179'869'184, .load_before = 0.25, .mops_version = "0.1.0"},
          .started = *parse_time("2026-11-23T22:20:05.123Z"),
          .finished = *parse_time("2026-11-23T22:21:05Z")};
}

Result<Certificate> read_again(const Certificate& value) { return read_certificate(*parse_statement(to_json(to_statement(value)))); }

/// What read_certificate says about the statement with `from` replaced by `to`.
std::string refusal(std::string_view from, std::string_view to) {
  const std::string json = to_json(to_statement(certificate()));
  REQUIRE_MESSAGE(json.find(from) != std::string::npos, json);
  const auto statement = parse_statement(replace_all(json, from, to));
  REQUIRE_MESSAGE(statement, statement.error().message);
  const auto read = read_certificate(*statement);
  REQUIRE_FALSE(read);
  CHECK(read.error().code == ErrorCode::invalid);
  const std::string& message = read.error().message;
  return message.starts_with("predicate:1:") ? message.substr(message.find(": ") + 2) : message;
}

}  // namespace

TEST_CASE("Certificate: what was measured beside latency and throughput comes back, and need not be there") {
  Certificate value = certificate();
  CHECK_FALSE(read_again(value)->performance.cpu_seconds.has_value());
  CHECK(read_again(value)->performance.runs.empty());
  CHECK_FALSE(read_again(value)->performance.capacity.has_value());
  value.performance.runs = {{.p50_ms = 1, .p99_ms = 2.5, .throughput_per_second = 99, .requests = 500}, {.p50_ms = 2, .p99_ms = 5, .throughput_per_second = 98, .requests = 499}};
  value.performance.capacity = Capacity{.per_second = 1234.5, .is_least = true};
  const Performance again = read_again(value)->performance;
  REQUIRE(again.runs.size() == 2);
  CHECK(again.runs[1].p50_ms == 2);
  CHECK(again.runs[1].p99_ms == 5);
  CHECK(again.runs[1].throughput_per_second == 98);
  CHECK(again.runs[1].requests == 499);
  CHECK(again.capacity->per_second == 1234.5);
  CHECK(again.capacity->is_least);
  value.performance.uncorrected_p99_ms = 12.5;
  value.performance.errors_by_class = {{"5xx", 2}, {"timeout", 1}};
  value.performance.cold_start_ms = 1500.25;
  value.performance.cpu_seconds = 0.75;
  value.performance.peak_memory_bytes = 123'456'789;
  const Performance read = read_again(value)->performance;
  CHECK(read.uncorrected_p99_ms == 12.5);
  CHECK(read.errors_by_class == value.performance.errors_by_class);
  CHECK(read.cold_start_ms == 1500.25);
  CHECK(read.cpu_seconds == 0.75);
  CHECK(read.peak_memory_bytes == 123'456'789);
}

TEST_CASE("Certificate: the comparison with the current version comes back, and need not be there") {
  Certificate value = certificate();
  CHECK_FALSE(read_again(value)->comparison.has_value());
  value.comparison = Comparison{.baseline = "1.0.0", .payload = digest('2'), .metrics = {{.name = "r2", .current = 0.5, .candidate = 0.25, .low = -0.5, .high = 0}, {.name = "x", .current = 1, .candidate = 2}},
                                .mcnemar = McNemar{.only_current_right = 3, .only_candidate_right = 4, .p_value = 0.75}, .other_class = 0.125, .mean_distance = 1.5};
  const auto read = read_again(value);
  REQUIRE_MESSAGE(read, read.error().message);
  REQUIRE(read->comparison);
  CHECK(to_json(to_statement(*read)) == to_json(to_statement(value)));
  CHECK(read->comparison->payload == digest('2'));
  CHECK(read->comparison->metrics[0].low == -0.5);
  CHECK_FALSE(read->comparison->metrics[1].high.has_value());
  CHECK(read->comparison->mcnemar->only_candidate_right == 4);
  CHECK(read->comparison->other_class == 0.125);
  CHECK(read->comparison->mean_distance == 1.5);
  value.comparison = Comparison{.baseline = "1.0.0", .obstacle = "it does not start"};
  CHECK(read_again(value)->comparison->obstacle == "it does not start");
}

TEST_CASE("Certificate: the specimen of certificate/v1") {
  const auto hex = [](char c) { return std::string(64, c); };
  const std::string subjects = R"([{"name":"payload","digest":{"sha256":")" + hex('a') + R"("}},{"name":"model/weights.json","digest":{"sha256":")" + hex('d') +
                               R"("}},{"name":"requirements.lock","digest":{"sha256":")" + hex('e') + R"("}}])";
  const std::string standard = R"("result":"WARNED","configuration":[{"name":"mops.yaml","digest":{"sha256":")" + hex('b') +
                               R"("}},{"name":"holdout","digest":{"sha256":")" + hex('f') +
                               R"("}}],"passedTests":["metrics/roc_auc"],"warnedTests":["latency/p99_ms"],"failedTests":["answers/deterministic"])";
  const std::string extension =
      R"({"format":"certificate/v1","verdict":"WARNED","model":"churn","payload":")" + hex('a') + R"(","manifest":")" + hex('b') + R"(","commit":")" +
      std::string(40, 'c') + R"(","artifacts":["model/weights.json"],"environment_lock":"requirements.lock","dataset":{"name":"holdout","sha256":")" + hex('f') +
      R"(","rows":114},"checks":[{"name":"metrics/roc_auc","value":0.99,"min":0.95,"n":114,"verdict":"PASSED"},)"
      R"({"name":"latency/p99_ms","value":99.5,"max":100.0,"unit":"ms","n":1000,"verdict":"WARNED","note":"near its limit"},)"
      R"({"name":"answers/deterministic","n":0,"verdict":"INCONCLUSIVE"}],"metrics":{"log_loss":0.1,"roc_auc":0.99},)"
      R"("performance":{"p50_ms":1.5,"p99_ms":99.5,"max_ms":120.0,"throughput_per_second":99.9,"error_share":0.0,"requests":1000,"errors":0,"rate_per_second":100.0,"duration_seconds":10.0},)"
      R"("histogram":{"path":"evidence/h.json","sha256":")" + hex('1') +
      R"("},"answers":{"tolerance":0.000001,"rows":[{"row":0,"digests":["0123456789abcdef","fedcba9876543210"]},{"row":7,"digests":[]}]},)"
      R"("measured_on":{"target":"local","cpu_model":"cpu","cores":2,"memory_bytes":17179869184,"load_before":0.25,"mops":"0.1.0"},)"
      R"("started":"2026-11-23T22:20:05.123Z","finished":"2026-11-23T22:21:05.000Z"})";
  CHECK(to_json(to_statement(certificate())) == R"({"_type":"https://in-toto.io/Statement/v1","subject":)" + subjects +
                                                    R"(,"predicateType":"https://in-toto.io/attestation/test-result/v0.1","predicate":{)" + standard +
                                                    R"(,"mops_certification":)" + extension + "}}");
}

TEST_CASE("Certificate: level, training data, intervals and rehearsal, there and back") {
  Certificate value = certificate();
  value.level = model::Level::production;
  value.training = {{.name = "history", .sha256 = digest('2')}};
  value.checks[0].low = 0.98;
  value.checks[0].high = 0.995;
  value.rehearsal = Rehearsal{.baseline = "1.0.0", .payload = digest('3'), .promote_ms = 812.5, .rollback_ms = 3.25, .requests = 150, .failed = 1, .first_failure = "status 503"};
  const auto read = read_again(value);
  REQUIRE_MESSAGE(read, read.error().message);
  CHECK(read->level == model::Level::production);
  REQUIRE(read->training.size() == 1);
  CHECK(read->training[0].name == "history");
  CHECK(read->training[0].sha256 == digest('2'));
  CHECK(read->checks[0].low == 0.98);
  CHECK(read->checks[0].high == 0.995);
  CHECK_FALSE(read->checks[1].low);
  REQUIRE(read->rehearsal);
  CHECK(read->rehearsal->baseline == "1.0.0");
  CHECK(read->rehearsal->payload == digest('3'));
  CHECK(read->rehearsal->promote_ms == 812.5);
  CHECK(read->rehearsal->rollback_ms == 3.25);
  CHECK(read->rehearsal->requests == 150);
  CHECK(read->rehearsal->failed == 1);
  CHECK(read->rehearsal->first_failure == "status 503");

  value.rehearsal = Rehearsal{.obstacle = "first version, nothing to rehearse"};
  const auto first = read_again(value);
  REQUIRE(first);
  CHECK(first->rehearsal->baseline.empty());
  CHECK(first->rehearsal->obstacle == "first version, nothing to rehearse");
}

TEST_CASE("Certificate: there and back through an envelope") {
  const SigningKey key = *SigningKey::generate(KeyType::ed25519);
  const auto text = sign_statement(to_statement(certificate()), key);
  REQUIRE(text);
  const PublicKey trusted[] = {key.public_key()};
  const auto opened = open_statement(*text, trusted);
  REQUIRE_MESSAGE(opened, opened.error().message);
  const auto read = read_certificate(opened->statement);
  REQUIRE_MESSAGE(read, read.error().message);
  // What is written is everything there is.
  CHECK(to_json(to_statement(*read)) == to_json(to_statement(certificate())));
  CHECK(read->verdict == Verdict::warned);
  CHECK(read->artifacts == certificate().artifacts);
  CHECK(read->environment_lock == certificate().environment_lock);
  CHECK(read->checks[1].limit.maximum == 100.0);
  CHECK_FALSE(read->checks[1].limit.minimum);
  CHECK_FALSE(read->checks[2].value);
  CHECK(read->answers.rows[1].row == 7);
  CHECK(read->started == certificate().started);
}

TEST_CASE("Certificate: INCONCLUSIVE is FAILED to the standard, and itself to us") {
  Certificate value = certificate();
  value.verdict = Verdict::inconclusive;
  const std::string json = to_json(to_statement(value));
  CHECK(json.find(R"("result":"FAILED")") != std::string::npos);
  CHECK(json.find(R"("verdict":"INCONCLUSIVE")") != std::string::npos);
  CHECK(read_again(value)->verdict == Verdict::inconclusive);
}

TEST_CASE("Certificate: every double comes back as it was") {
  Certificate value = certificate();
  value.metrics = {{"a", 0.1 + 0.2}, {"b", 1e300}, {"c", 5e-324}, {"d", -0.0}, {"e", 3}, {"f", 9007199254740993.0}, {"g", 1.0 / 3}};
  CHECK(read_again(value)->metrics == value.metrics);
}

TEST_CASE("Certificate: optional parts, and an artifact that is called payload") {
  Certificate value = certificate();
  value.environment_lock.reset();
  value.histogram.reset();
  value.checks.clear();
  value.artifacts = {{.name = "payload", .sha256 = digest('9')}};
  const auto read = read_again(value);
  REQUIRE_MESSAGE(read, read.error().message);
  CHECK_FALSE(read->environment_lock);
  CHECK_FALSE(read->histogram);
  CHECK(read->payload == digest('a'));
  CHECK(read->artifacts == value.artifacts);
}

TEST_CASE("read_certificate: refused") {
  CHECK(refusal("certificate/v1", "certificate/v2") == "found format `certificate/v2`, newer than `certificate/v1`, the newest that this mops reads");
  CHECK(refusal("certificate/v1", "certificate") == "found format `certificate`, expected `certificate/v1`");
  CHECK(refusal("test-result/v0.1", "other/v1") ==
        "found a statement of type `https://in-toto.io/attestation/other/v1`, expected `https://in-toto.io/attestation/test-result/v0.1`");
  CHECK(refusal("mops_certification", "x") == "`mops_certification` is missing");
  CHECK(refusal(R"("verdict":"WARNED","model")", R"("verdict":"PASSED","model")") == "found result `WARNED` beside verdict `PASSED`");
  CHECK(refusal(R"("verdict":"WARNED","model")", R"("verdict":"GREAT","model")") == "found `GREAT` in `verdict`, expected `PASSED`, `WARNED`, `FAILED` or `INCONCLUSIVE`");
  CHECK(refusal(R"("n":0,"verdict":"INCONCLUSIVE")", R"("n":0,"verdict":"PASSED")") == "`passedTests` names other tests than the checks say");
  CHECK(refusal(R"("failedTests":["answers/deterministic"])", R"("failedTests":[])") == "`failedTests` names other tests than the checks say");
  CHECK(refusal(R"("payload":"aaaa)", R"("payload":"baaa)").ends_with("which is not the subject of the statement"));
  CHECK(refusal(R"("artifacts":["model/weights.json"])", R"("artifacts":["model/other.json"])") == "found `model/other.json`, which is no subject of the statement");
  CHECK(refusal(R"("rows":114)", R"("rows":"114")") == "found a string in `rows`, expected an integer");
  CHECK(refusal(R"("rows":114)", R"("rows":-1)") == "found `-1` in `rows`, expected 0 or more");
  CHECK(refusal(R"("p50_ms":1.5)", R"("p50_ms":null)") == "found null in `p50_ms`, expected a number");
  CHECK(refusal(R"("name":"latency/p99_ms")", R"("name":"metrics/roc_auc")") == "check `metrics/roc_auc` is there twice");
  CHECK(refusal("evidence/h.json", "../h.json") == "found `../h.json` in `path`, expected a path inside the folder: it has a part `..`");
}

TEST_CASE("Certificate: 300 rows of a number and a class fit into an envelope") {
  Certificate value = certificate();
  value.answers.rows.assign(300, {.row = 12345, .digests = {std::string(32, 'a'), std::string(16, 'b')}});
  CHECK(sign_statement(to_statement(value), *SigningKey::generate()));
}
