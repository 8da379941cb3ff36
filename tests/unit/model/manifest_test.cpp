#include "model/manifest.h"

#include "base/text.h"

#include <doctest/doctest.h>

using namespace mops;
using namespace mops::model;

namespace {

Result<Manifest> read(std::string text) { return read_manifest(document::parse_yaml({.path = "mops.yaml", .text = std::move(text)})); }

constexpr std::string_view k_full = R"(format: mops/v1
name: churn
owner: {team: risk-models, contact: risk-models@example.com}
description: Probability that a tumour is malignant.
level: production
task: binary-classification
environment: {name: native, lock: requirements.lock}
interface:
  inputs:
    - {name: mean_radius, datatype: FP64, shape: [-1], range: [0, 100], nullable: true, sensitivity: personal, description: Radius}
    - {name: carrier, datatype: BYTES, shape: [-1, 3], categories: [AA, UA]}
  outputs:
    - {name: probability, datatype: FP64, range: [0, null]}
    - {name: label, datatype: INT64, shape: [-1]}
serving:
  command: [serve, --port, "{port}"]
  model: other
  startup_timeout_seconds: 2.5
  variables: {OMP_NUM_THREADS: "1"}
commands:
  train: [train, now]
  test: [test]
resources: {cpu: 0.5, memory: 1Gi, gpu: 2}
datasets:
  - {name: holdout, role: holdout, path: data/holdout.csv, sha256: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa}
  - {name: train, role: train, uri: "https://example.com/train.csv"}
secrets: [TOKEN]
endpoints: ["https://example.com"]
configuration: {threshold: number}
certification:
  dataset: holdout
  target: malignant
  positive: "1"
  score: probability
  prediction: label
  metrics: {roc_auc: {min: 0.95}, log_loss: {max: 0.3}}
  load: {rate_per_second: 50, duration_seconds: 3, warmup_seconds: 0, rows_per_request: 4}
  latency: {p50_ms: 20, p99_ms: 100}
  throughput: {min_per_second: 90}
  errors: {max_share: 0.01}
  tolerance: 1.0e-3
monitoring: {}
)";

constexpr std::string_view k_least = R"(format: mops/v1
name: churn
task: regression
environment: {name: native}
interface:
  inputs: [{name: a, datatype: FP64}]
  outputs: [{name: b, datatype: FP64}]
serving: {command: [serve]}
)";

/// The message for k_full with `from` replaced by `to`.
std::string refusal(std::string_view from, std::string_view to) {
  REQUIRE(k_full.find(from) != std::string_view::npos);
  const auto manifest = read(replace_all(k_full, from, to));
  REQUIRE_FALSE(manifest);
  CHECK(manifest.error().code == ErrorCode::invalid);
  return manifest.error().message + (manifest.error().help.empty() ? "" : " | " + manifest.error().help);
}

}  // namespace

TEST_CASE("read_manifest: everything") {
  const auto read_it = read(std::string(k_full));
  REQUIRE_MESSAGE(read_it, read_it.error().message);
  const Manifest& manifest = *read_it;
  CHECK(manifest.name == "churn");
  CHECK(manifest.owner.team == "risk-models");
  CHECK(manifest.owner.contact == "risk-models@example.com");
  CHECK(manifest.description == "Probability that a tumour is malignant.");
  CHECK(manifest.level == Level::production);
  CHECK(manifest.task == Task::binary_classification);
  CHECK(manifest.environment.name == "native");
  CHECK(manifest.environment.lock == "requirements.lock");
  REQUIRE(manifest.interface.inputs.size() == 2);
  const Tensor& radius = manifest.interface.inputs[0];
  CHECK(radius.name == "mean_radius");
  CHECK(radius.datatype == Datatype::fp64);
  CHECK(radius.shape == std::vector<int64_t>{-1});
  CHECK(radius.nullable);
  CHECK(radius.minimum == 0.0);
  CHECK(radius.maximum == 100.0);
  CHECK(radius.sensitivity == Sensitivity::personal);
  CHECK(radius.description == "Radius");
  const Tensor& carrier = manifest.interface.inputs[1];
  CHECK(carrier.shape == std::vector<int64_t>{-1, 3});
  CHECK(carrier.categories == std::vector<std::string>{"AA", "UA"});
  CHECK_FALSE(carrier.nullable);
  CHECK_FALSE(carrier.minimum);
  REQUIRE(manifest.interface.outputs.size() == 2);
  CHECK(manifest.interface.outputs[0].minimum == 0.0);
  CHECK_FALSE(manifest.interface.outputs[0].maximum);
  CHECK(manifest.interface.outputs[1].datatype == Datatype::int64);
  CHECK(manifest.serving.command == std::vector<std::string>{"serve", "--port", "{port}"});
  CHECK(manifest.serving.model == "other");
  CHECK(manifest.serving.startup_timeout == std::chrono::milliseconds(2500));
  CHECK(manifest.serving.variables.at("OMP_NUM_THREADS") == "1");
  CHECK(manifest.commands.at("train") == std::vector<std::string>{"train", "now"});
  CHECK(manifest.commands.size() == 2);
  CHECK(manifest.resources.cpu == 0.5);
  CHECK(manifest.resources.memory == "1Gi");
  CHECK(manifest.resources.gpu == 2);
  REQUIRE(manifest.find_dataset("holdout") != nullptr);
  CHECK(manifest.find_dataset("holdout")->path == "data/holdout.csv");
  CHECK(manifest.find_dataset("holdout")->sha256->hex() == std::string(64, 'a'));
  REQUIRE(manifest.find_dataset("train") != nullptr);
  CHECK(manifest.find_dataset("train")->role == DatasetRole::train);
  CHECK(manifest.find_dataset("train")->uri == "https://example.com/train.csv");
  CHECK_FALSE(manifest.find_dataset("train")->sha256);
  CHECK(manifest.find_dataset("none") == nullptr);
  CHECK(manifest.secrets == std::vector<std::string>{"TOKEN"});
  CHECK(manifest.endpoints == std::vector<std::string>{"https://example.com"});
  CHECK(manifest.configuration.at("threshold") == "number");
  const Certification& certification = manifest.certification;
  CHECK(certification.dataset == "holdout");
  CHECK(certification.target == "malignant");
  CHECK(certification.positive == "1");
  CHECK(certification.score == "probability");
  CHECK(certification.prediction == "label");
  CHECK(certification.metrics.at("roc_auc").minimum == 0.95);
  CHECK_FALSE(certification.metrics.at("roc_auc").maximum);
  CHECK(certification.metrics.at("log_loss").maximum == 0.3);
  CHECK(certification.load.rate_per_second == 50);
  CHECK(certification.load.duration == std::chrono::milliseconds(3000));
  CHECK(certification.load.warmup == std::chrono::milliseconds(0));
  CHECK(certification.load.rows_per_request == 4);
  CHECK(certification.p50_ms == 20.0);
  CHECK(certification.p99_ms == 100.0);
  CHECK(certification.throughput_per_second == 90.0);
  CHECK(certification.error_share == 0.01);
  CHECK(certification.tolerance == 1e-3);
}

TEST_CASE("read_manifest: defaults") {
  const auto read_it = read(std::string(k_least));
  REQUIRE_MESSAGE(read_it, read_it.error().message);
  CHECK(read_it->level == Level::prototype);
  CHECK(read_it->environment.lock.empty());
  CHECK(read_it->interface.inputs[0].shape == std::vector<int64_t>{-1});
  CHECK(read_it->interface.inputs[0].sensitivity == Sensitivity::none);
  CHECK(read_it->serving.model == "churn");
  CHECK(read_it->serving.startup_timeout == std::chrono::seconds(60));
  CHECK(read_it->resources.cpu == 1);
  CHECK(read_it->resources.memory == "512Mi");
  CHECK(read_it->resources.gpu == 0);
  CHECK(read_it->datasets.empty());
  CHECK(read_it->certification.dataset.empty());
  CHECK(read_it->certification.load.rate_per_second == 100);
  CHECK(read_it->certification.load.duration == std::chrono::seconds(10));
  CHECK(read_it->certification.load.warmup == std::chrono::seconds(1));
  CHECK(read_it->certification.load.rows_per_request == 1);
  CHECK_FALSE(read_it->certification.p99_ms);
  CHECK_FALSE(read_it->certification.throughput_per_second);
  CHECK(read_it->certification.error_share == 0);
  CHECK(read_it->certification.tolerance == 1e-6);
}

TEST_CASE("read_manifest: what a schema cannot say") {
  CHECK(refusal("  dataset: holdout", "  dataset: holdut") == "mops.yaml:31:12: data set `holdut` is not listed | did you mean `holdout`?");
  CHECK(refusal("  dataset: holdout", "  dataset: else") == "mops.yaml:31:12: data set `else` is not listed | list it in `datasets`");
  CHECK(refusal("  dataset: holdout", "  dataset: train") ==
        "mops.yaml:31:12: data set `train` has another role than `holdout` | certification needs rows that training has not seen");
  CHECK(refusal("score: probability", "score: probabilty") == "mops.yaml:34:10: `score` names `probabilty`, which is not an output | did you mean `probability`?");
  CHECK(refusal("prediction: label", "prediction: x") == "mops.yaml:35:15: `prediction` names `x`, which is not an output | list it in `interface.outputs`");
  CHECK(refusal("name: carrier", "name: mean_radius") == "mops.yaml:11:7: tensor `mean_radius` is listed twice");
  CHECK(refusal("  dataset: holdout", "  own_metrics: [{command: [a], metrics: {profit: {min: 1}}}, {command: [b], metrics: {profit: {max: 2}}}]\n  dataset: holdout") ==
        "mops.yaml:31:95: two commands compute `profit` | give one of the two another name");
  CHECK(refusal("name: train, role", "name: holdout, role") == "mops.yaml:26:5: data set `holdout` is listed twice");
  CHECK(refusal("{min: 0.95}", "{min: 0.95, max: 0.9}") == "mops.yaml:36:22: `min` of `roc_auc` is above its `max`");
  CHECK(refusal("range: [0, 100]", "range: [100, 0]") == "mops.yaml:10:63: `range` of `mean_radius` starts above its end");
  CHECK(refusal(", uri: \"https://example.com/train.csv\"", "") == "mops.yaml:26:5: data set `train` has neither `path` nor `uri`, expected one of them");
  CHECK(refusal("uri: \"https://example.com/train.csv\"", "uri: \"https://example.com/train.csv\", path: a") ==
        "mops.yaml:26:5: data set `train` has both `path` and `uri`, expected one of them");
}

TEST_CASE("read_manifest: misfits are named where they are, the first one first") {
  CHECK(refusal("format: mops/v1", "format: mops/v2") ==
        "mops.yaml:1:9: found format `mops/v2`, newer than `mops/v1`, the newest that this mops reads | install a newer mops");
  CHECK(refusal("name: churn", "name: Churn") ==
        "mops.yaml:2:7: `Churn` cannot be a model name | a model name is 1 to 40 of `a-z`, `0-9` and `-`, starts with a letter and does not end with `-`; `churn` would do");
  CHECK(refusal("name: churn", "name: 2") == "mops.yaml:2:7: found an integer in `name`, expected a string | put it in quotes: `\"2\"`");
  CHECK(refusal("name: churn", "x: churn") == "mops.yaml:1:1: `name` is missing");
  CHECK(refusal("level: production", "level: prod") == "mops.yaml:5:8: found `prod` in `level`, expected `prototype` or `production`");
  CHECK(refusal("task: binary-classification", "task: binary-clasification") ==
        "mops.yaml:6:7: found `binary-clasification` in `task`, expected `binary-classification`, `multiclass-classification` or `regression` | did you mean `binary-classification`?");
  CHECK(refusal("datatype: BYTES", "datatype: STRING") ==
        "mops.yaml:11:33: found `STRING` in `datatype`, expected a datatype of the Open Inference Protocol | such as `FP64`, `INT64`, `BOOL` or `BYTES`");
  CHECK(refusal("shape: [-1, 3]", "shape: []") == "mops.yaml:11:47: `shape` has no dimension | the first one is the number of rows: `[-1]`");
  CHECK(refusal("shape: [-1, 3]", "shape: [-1, 0]") == "mops.yaml:11:52: found `0` in `shape`, expected -1 or more than 0");
  CHECK(refusal("path: data/holdout.csv", "path: ../holdout.csv") ==
        "mops.yaml:25:42: found `../holdout.csv` in `path`, expected a path inside the folder: it has a part `..`");
  CHECK(refusal("variables: {OMP_NUM_THREADS: \"1\"}", "variables: {OMP_NUM_THREADS: 1}") ==
        "mops.yaml:19:32: found an integer in `OMP_NUM_THREADS`, expected a string | put it in quotes: `\"1\"`");
  CHECK(refusal("command: [serve, --port, \"{port}\"]", "command: []") == "mops.yaml:16:12: `command` is empty | write the program and its arguments as a list");
  CHECK(refusal("startup_timeout_seconds: 2.5", "startup_timeout_seconds: -1") == "mops.yaml:18:28: found `-1` seconds, expected 0 to 31536000");
  CHECK(refusal("startup_timeout_seconds: 2.5", "startup_timeout_seconds: .inf") ==
        "mops.yaml:18:28: found `.inf` in `startup_timeout_seconds`, expected a finite number");
  CHECK(refusal("gpu: 2", "gpu: 99999999999999999999") == "mops.yaml:23:41: found `99999999999999999999` in `gpu`, expected an integer of at most 64 bits");
  CHECK(refusal("tolerance: 1.0e-3", "tolerance: -1") == "mops.yaml:41:14: found `-1`, expected 0 or more");
  CHECK(refusal("owner: {team: risk-models, contact: risk-models@example.com}", "owner: me") == "mops.yaml:3:8: found a string in `owner`, expected a map");
  CHECK(refusal("secrets: [TOKEN]", "secrets: [{a: b}]") == "mops.yaml:27:11: found a map in `secrets`, expected a string");
}

TEST_CASE("read_manifest: a document that is not sound is refused") {
  CHECK_FALSE(read(std::string(k_least) + "name: other\n"));
  CHECK_FALSE(read("a: ["));
  CHECK_FALSE(read(""));
}
