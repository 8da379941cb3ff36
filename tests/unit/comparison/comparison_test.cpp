#include "comparison/comparison.h"

#include "base/text.h"

#include <doctest/doctest.h>

using namespace mops;
using namespace mops::comparison;

namespace {

constexpr std::string_view k_manifest = R"(format: mops/v1
name: churn
owner: {team: risk, contact: risk@example.com}
task: binary-classification
environment: {name: r-4, lock: packages.lock}
interface:
  inputs: [{name: age, datatype: FP64}]
  outputs: [{name: probability, datatype: FP64}]
serving: {command: [./serve, "{port}"], variables: {THREADS: "1"}}
resources: {cpu: 1}
secrets: [DATABASE]
datasets: [{name: holdout, role: holdout, path: data/holdout.csv}]
certification: {dataset: holdout, target: left, metrics: {roc_auc: {min: 0.9}}, load: {rate_per_second: 50}}
)";

Snapshot snapshot(std::string label, std::string manifest = std::string(k_manifest)) {
  Snapshot out;
  out.label = std::move(label);
  out.document = document::parse_yaml({.path = "mops.yaml", .text = std::move(manifest)});
  out.manifest = model::read_manifest(out.document).value();
  out.payload = sha256(out.label);
  return out;
}

Snapshot edited(std::string_view from, std::string_view to) {
  const std::string text = replace_all(k_manifest, from, to);
  REQUIRE(text != k_manifest);
  return snapshot("new", text);
}

std::string told(const Comparison& comparison) {
  std::string out;
  for (const Group& group : comparison.groups) {
    for (const Difference& d : group.differences) out += group.name + "/" + d.name + ": " + d.before.value_or("-") + " > " + d.after.value_or("-") + "\n";
    if (!group.remark.empty()) out += group.name + ": " + group.remark + "\n";
  }
  return out;
}

void certify(Snapshot& snapshot, std::map<std::string, double> metrics, double p99_ms, Verdict verdict = Verdict::passed) {
  evidence::Certificate certificate{.verdict = verdict, .metrics = std::move(metrics), .performance = {.p99_ms = p99_ms}};
  certificate.dataset = {.name = "holdout", .sha256 = sha256("holdout"), .rows = 10};
  snapshot.certification = Certification{.certificate = certificate, .digest = sha256(snapshot.label), .path = "evidence/x.json"};
}

const NumberPair& pair_of(const Numbers& numbers, std::string_view name) {
  const auto found = std::find_if(numbers.pairs.begin(), numbers.pairs.end(), [&](const NumberPair& pair) { return pair.name == name; });
  REQUIRE(found != numbers.pairs.end());
  return *found;
}

}  // namespace

TEST_CASE("compare: each key of the manifest is in one group") {
  const Snapshot before = snapshot("old");
  const auto difference = [&](std::string_view from, std::string_view to) { return told(compare(before, edited(from, to))); };
  CHECK(told(compare(before, snapshot("new"))) == "");
  CHECK(difference("r-4", "r-5") == "environment/name: r-4 > r-5\n");
  CHECK(difference("THREADS: \"1\"", "THREADS: \"2\"") == "serving/serving.variables.THREADS: 1 > 2\n");
  CHECK(difference("[./serve, ", "[./serve, -v, ") == "serving/serving.command: [./serve, {port}] > [./serve, -v, {port}]\n");
  CHECK(difference("cpu: 1", "memory: 1Gi") == "resources/resources.cpu: 1 > -\nresources/resources.memory: - > 1Gi\n");
  CHECK(difference("[DATABASE]", "[DATABASE, QUEUE]") == "resources/secrets: [DATABASE] > [DATABASE, QUEUE]\n");
  CHECK(difference("data/holdout.csv", "data/h.csv") == "data/holdout.path: data/holdout.csv > data/h.csv\n");
  CHECK(difference("min: 0.9", "min: 0.95") == "limits/metrics.roc_auc.min: 0.9 > 0.95\n");
  CHECK(difference("rate_per_second: 50", "rate_per_second: 60") == "limits/load.rate_per_second: 50 > 60\n");
  CHECK(difference("team: risk", "team: sales") == "manifest/owner.team: risk > sales\n");
  CHECK(difference("task: ", "x-mine: {a: 1}\ntask: ") == "manifest/x-mine.a: - > 1\n");
  // The interface, the task and the name in the URL are compared as clients meet them.
  CHECK(difference("{name: age,", "{name: years,") == "");
  CHECK(difference("serving: {", "serving: {model: leaving, ") == "");
}

TEST_CASE("compare: packages by name, or the digest of a lock that is written in another way") {
  Snapshot before = snapshot("old");
  Snapshot after = snapshot("new");
  before.environment_lock = "numpy==1.0\npandas==2.0\n";
  after.environment_lock = "numpy==1.1 # newer\nscipy==1.0\n";
  CHECK(told(compare(before, after)) == "packages/numpy: 1.0 > 1.1\npackages/pandas: 2.0 > -\npackages/scipy: - > 1.0\n");
  after.environment_lock = "# made today\nnumpy==1.0\npandas==2.0\n";
  CHECK(told(compare(before, after)) == "packages: the lock files differ, the packages and versions in them do not\n");
  after.environment_lock = "{}";
  CHECK(told(compare(before, after)) ==
        "packages/packages.lock: sha256 " + sha256(before.environment_lock).short_hex() + " > sha256 " + sha256("{}").short_hex() +
            "\npackages: the lock file does not list one package a line, so only its digest is compared\n");
  after.environment_lock = "";
  CHECK(told(compare(before, after)) == "packages/numpy: 1.0 > -\npackages/pandas: 2.0 > -\n");
}

TEST_CASE("compare: card and artifacts") {
  Snapshot before = snapshot("old");
  Snapshot after = snapshot("new");
  before.card = SourceFile{.path = "model-card.md", .text = "---\nlicense: mit\ntags: [a]\n---\n# churn\n\n## Limits\n\nOne country.\n"};
  after.card = SourceFile{.path = "model-card.md", .text = "---\nlicense: mit\ntags: [a, b]\n---\n# churn\n\n## Limits\n\nTwo countries.\n\n## Data\n"};
  before.lock.artifacts = {{.path = "w.json", .sha256 = sha256("1"), .size = 1}, {.path = "same", .sha256 = sha256("1"), .size = 1}};
  after.lock.artifacts = {{.path = "w.json", .sha256 = sha256("22"), .size = 2}, {.path = "same", .sha256 = sha256("1"), .size = 1}};
  CHECK(told(compare(before, after)) == "artifacts/w.json: 1 bytes, sha256 " + sha256("1").short_hex() + " > 2 bytes, sha256 " + sha256("22").short_hex() +
                                            "\ncard/## Data: - > empty\ncard/## Limits: 12 characters, sha256 " + sha256("One country.").short_hex() +
                                            " > 14 characters, sha256 " + sha256("Two countries.").short_hex() + "\ncard/tags: [a] > [a, b]\n");
}

TEST_CASE("compare: numbers, and what makes them hard to compare") {
  Snapshot before = snapshot("old");
  Snapshot after = snapshot("new");
  CHECK(compare(before, after).metrics.remarks.size() == 2);
  CHECK(compare(before, after).metrics.remarks[0] == "there is no certification of old (payload " + before.payload.short_hex() + ")");
  CHECK(compare(before, after).performance.pairs.empty());

  certify(before, {{"roc_auc", 0.9}, {"log_loss", 0.3}, {"f1", 0.5}, {"own", 1}}, 10);
  CHECK(compare(before, after).metrics.remarks == std::vector<std::string>{"there is no certification of new (payload " + after.payload.short_hex() + ")"});
  certify(after, {{"roc_auc", 0.95}, {"log_loss", 0.4}, {"f1", 0.5}, {"own", 2}, {"recall", 0.1}}, 9, Verdict::failed);
  Comparison comparison = compare(before, after);
  CHECK(comparison.metrics.remarks == std::vector<std::string>{"the certification of new is FAILED"});
  CHECK(pair_of(comparison.metrics, "roc_auc").judgement == Judgement::better);
  CHECK(pair_of(comparison.metrics, "log_loss").judgement == Judgement::worse);
  CHECK(pair_of(comparison.metrics, "f1").judgement == Judgement::same);
  CHECK(pair_of(comparison.metrics, "own").judgement == Judgement::unknown);
  CHECK_FALSE(pair_of(comparison.metrics, "recall").before);
  CHECK(pair_of(comparison.performance, "p99_ms").judgement == Judgement::better);
  CHECK(pair_of(compare(after, before).performance, "p99_ms").judgement == Judgement::worse);

  after.certification->certificate.verdict = Verdict::passed;
  after.certification->certificate.dataset.sha256 = sha256("other");
  after.certification->certificate.measured_on.cores = 64;
  after.certification->certificate.performance.rate_per_second = 100;
  comparison = compare(before, after);
  CHECK(comparison.metrics.remarks.size() == 1);
  CHECK(comparison.metrics.remarks[0].starts_with("measured on different data"));
  CHECK(comparison.performance.remarks.size() == 2);
}

TEST_CASE("compare: notes that one side has, and what they say breaks") {
  Snapshot before = snapshot("old");
  Snapshot after = snapshot("new");
  const model::Version first{.major = 1};
  const model::Version second{.major = 2};
  before.notes[first] = {.version = first, .summary = "one"};
  after.notes[first] = {.version = first, .summary = "one, corrected"};
  after.notes[second] = {.version = second, .summary = "two", .sections = {{"changed", {"BREAKING: months", "faster"}}, {"removed", {"BREAKING: age"}}}};
  const Comparison comparison = compare(before, after);
  REQUIRE(comparison.notes.size() == 1);
  CHECK(comparison.notes[0].is_new);
  CHECK(comparison.notes[0].breaks == std::vector<std::string>{"BREAKING: months", "BREAKING: age"});
  const Comparison back = compare(after, before);
  REQUIRE(back.notes.size() == 1);
  CHECK_FALSE(back.notes[0].is_new);
}

TEST_CASE("is_same: equal states only") {
  CHECK(compare(snapshot("old"), snapshot("new")).is_same());
  CHECK_FALSE(compare(snapshot("old"), edited("{name: age,", "{name: years,")).is_same());
  CHECK_FALSE(compare(snapshot("old"), edited("cpu: 1", "cpu: 2")).is_same());
  Snapshot certified = snapshot("new");
  certify(certified, {{"roc_auc", 0.9}}, 10);
  CHECK_FALSE(compare(snapshot("old"), certified).is_same());
  CHECK(compare(certified, certified).is_same());
}

TEST_CASE("step_between: only from one release to a later one") {
  Snapshot before = snapshot("1.0.0");
  Snapshot after = edited("{name: age,", "{name: years,");
  const model::InterfaceComparison change = compare_interfaces(before.manifest, after.manifest);
  CHECK_FALSE(step_between(before, after, change));
  before.version = model::Version{.major = 1};
  CHECK_FALSE(step_between(before, after, change));
  after.version = model::Version{.major = 1, .minor = 1};
  REQUIRE(step_between(before, after, change));
  CHECK_FALSE(step_between(before, after, change)->is_enough());
  CHECK_FALSE(step_between(after, before, change));
  after.version = model::Version{.major = 2};
  CHECK(step_between(before, after, change)->is_enough());
}
