#pragma once

#include "base/clock.h"
#include "base/digest.h"
#include "base/result.h"
#include "document/document.h"
#include "model/interface.h"

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace mops::model {

enum class Level { prototype, production };
enum class Task { binary_classification, multiclass_classification, regression };

std::string_view to_string(Level level);
std::string_view to_string(Task task);

struct Owner {
  std::string team;
  std::string contact;
};

/// Which official environment, and the file of the repository that locks what is installed in it (may be empty).
struct EnvironmentChoice {
  std::string name;
  std::string lock;
};

/// How the model is started and asked. In `command`, `{port}` is replaced by the port to listen on (127.0.0.1).
struct Serving {
  std::vector<std::string> command;
  std::string model;  ///< name in the URL: /v2/models/MODEL/infer
  std::chrono::milliseconds startup_timeout{60'000};
  std::map<std::string, std::string> variables;  ///< process variables, literal values
};

struct Resources {
  double cpu = 1;
  std::string memory = "512Mi";
  uint64_t gpu = 0;
};

enum class DatasetRole { train, holdout, reference };

struct Dataset {
  std::string name;
  DatasetRole role = DatasetRole::holdout;
  std::string path;             ///< within the repository; empty when it has only a URI
  std::string uri;
  std::optional<Digest> sha256;
};

/// A limit on one number. Absent ends do not limit.
struct Limit {
  std::optional<double> minimum;
  std::optional<double> maximum;
};

struct Load {
  double rate_per_second = 100;
  std::chrono::milliseconds duration{10'000};
  std::chrono::milliseconds warmup{1'000};
  uint64_t rows_per_request = 1;
  uint64_t repeats = 3;                               ///< runs that `duration` is divided into, at least 1
  std::chrono::milliseconds capacity_time{5'000};     ///< for the search for the highest rate that keeps to the limits; 0: none
};

/// Metrics that a program of the repository computes, in the model's environment.
struct OwnMetrics {
  std::vector<std::string> command;
  std::map<std::string, Limit> metrics;  ///< at least one, none that mops computes itself
  std::chrono::milliseconds timeout{60'000};
};

struct Certification {
  std::string dataset;                   ///< name of a Dataset with role holdout
  std::string target;                    ///< its column with the truth
  std::string score;                     ///< output that holds the score (classification)
  std::string prediction;                ///< output that holds class or number
  std::string positive;                  ///< the truth's text of the positive class; empty: `1`
  std::map<std::string, Limit> metrics;  ///< by scikit-learn's names: roc_auc, log_loss, mean_absolute_error …
  std::vector<OwnMetrics> own_metrics;   ///< no name in two of them
  std::map<std::string, double> not_worse_than_current;  ///< by metric: by how much it may be worse than the current version's
  Load load;
  std::optional<double> p50_ms;
  std::optional<double> p99_ms;
  std::optional<double> throughput_per_second;
  double error_share = 0;
  double tolerance = 1e-6;               ///< relative, when answers are compared with the certified ones
};

/// A managed file of the template that this repository goes without, and why.
struct LeftOut {
  std::string path;
  std::string reason;
};

/// Which template of the policy the repository follows.
struct TemplateChoice {
  std::string name;                ///< LANGUAGE/TASK; empty: the language of the environment, and the task
  std::vector<LeftOut> left_out;
};

/// A rule of the policy that the team need not keep for a while (`policy.waivers`). What it means is the policy's business, whether a
/// version with it may serve the stage's.
struct Waiver {
  std::string rule;
  std::string owner;
  std::string expires;  ///< as written
  SystemTime end;       ///< of its last day
};

/// `mops.yaml`, parsed. Only what a schema-valid document says; nothing is guessed.
struct Manifest {
  std::string name;
  Owner owner;
  std::string description;
  Level level = Level::prototype;
  Task task = Task::binary_classification;
  EnvironmentChoice environment;
  Interface interface;
  Serving serving;
  std::map<std::string, std::vector<std::string>> commands;  ///< for `mops run NAME`
  Resources resources;
  std::vector<Dataset> datasets;
  std::vector<std::string> secrets;
  std::vector<std::string> endpoints;
  std::map<std::string, std::string> configuration;  ///< key → type word; values come from the stage
  Certification certification;
  TemplateChoice template_choice;
  std::vector<Waiver> waivers;

  [[nodiscard]] const Dataset* find_dataset(std::string_view dataset_name) const;
};

/// Reads a manifest that has passed its schema. What a schema cannot say (a dataset that is named but not listed) is an
/// Error with `path:line:col` in the message. Error: invalid; names the first problem.
Result<Manifest> read_manifest(const document::Document& document);

}  // namespace mops::model
