#pragma once

#include "base/clock.h"
#include "base/digest.h"
#include "base/result.h"
#include "base/verdict.h"
#include "evidence/statement.h"
#include "model/manifest.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace mops::evidence {

/// One question of the contract and its answer. `n`: how many rows or requests stand behind `value`.
struct Check {
  std::string name;             ///< `metrics/roc_auc`, `latency/p99_ms`, `answers/deterministic`: unique within a certificate
  std::optional<double> value;  ///< absent: could not be measured
  std::optional<double> low;    ///< with `high`: the confidence interval of `value`, where there is one
  std::optional<double> high;
  model::Limit limit;
  std::string unit;
  uint64_t n = 0;
  Verdict verdict = Verdict::inconclusive;
  std::string note;             ///< why, where value and limit do not say it
};

/// One of the runs that a load was sent in.
struct LoadRun {
  double p50_ms = 0;
  double p99_ms = 0;
  double throughput_per_second = 0;
  uint64_t requests = 0;
};

/// The highest rate at which 99 % of the answers came within the limit.
struct Capacity {
  double per_second = 0;
  bool is_least = false;  ///< it may be more: the search ended before the limit was missed
};

/// How the version answered under the load of the contract.
struct Performance {
  double p50_ms = 0;
  double p99_ms = 0;
  double max_ms = 0;
  double throughput_per_second = 0;
  double error_share = 0;
  uint64_t requests = 0;
  uint64_t errors = 0;
  double rate_per_second = 0;  ///< as sent
  double duration_seconds = 0;
  // The first certificates do not have these.
  std::optional<double> uncorrected_p99_ms = {};         ///< from the actual send: what tools show that overlook waiting clients
  std::map<std::string, uint64_t> errors_by_class = {};  ///< `timeout`, `5xx` …: those that happened
  std::optional<double> cold_start_ms = {};              ///< of the model, from the start of its process until it was ready
  std::optional<double> cpu_seconds = {};                ///< of the model, during the load
  std::optional<uint64_t> peak_memory_bytes = {};        ///< of the model, since its start
  std::vector<LoadRun> runs = {};                        ///< all numbers above are of these together
  std::optional<Capacity> capacity = {};                 ///< where it was searched for
};

struct MeasuredDataset {
  std::string name;
  Digest sha256;
  uint64_t rows = 0;
};

/// What the model was trained on, by the digest in its manifest.
struct TrainingDataset {
  std::string name;
  Digest sha256;
};

/// A file beside the evidence, named by content.
struct FileReference {
  std::string path;
  Digest sha256;
};

/// The certified answer to one row: one digest an output element, outputs in the order of the interface (answer_digest.h).
struct CertifiedRow {
  uint64_t row = 0;  ///< from 0, without the header
  std::vector<std::string> digests;
};

struct CertifiedAnswers {
  double tolerance = 0;
  std::vector<CertifiedRow> rows;
};

struct MeasuredOn {
  std::string target;
  std::string cpu_model;
  uint64_t cores = 0;
  uint64_t memory_bytes = 0;
  double load_before = 0;  ///< of the machine over a minute, before the measurement
  std::string mops_version;
};

/// The upgrade from an earlier release and the way back, on a platform that nobody else uses.
struct Rehearsal {
  std::string baseline;          ///< its version; empty: there is none
  Digest payload;                ///< of the baseline
  double promote_ms = 0;         ///< from the request until the candidate got the requests, its start included
  double rollback_ms = 0;
  uint64_t requests = 0;         ///< sent before, during and after both
  uint64_t failed = 0;
  std::string first_failure;
  std::string obstacle;          ///< why nothing was rehearsed; empty: it was
};

/// A metric of this version and of the current one, on the same rows.
struct MetricDifference {
  std::string name;
  double current = 0;
  double candidate = 0;
  std::optional<double> low = {};  ///< with `high`: the confidence interval of candidate less current, where there is one
  std::optional<double> high = {};
};

/// McNemar's test of two classifiers: whether the rows that only one of them has right are as many either way.
struct McNemar {
  uint64_t only_current_right = 0;
  uint64_t only_candidate_right = 0;
  double p_value = 1;
};

/// What the version that this one would replace says of the same holdout rows.
struct Comparison {
  std::string baseline;                     ///< its version
  Digest payload;
  std::vector<MetricDifference> metrics;    ///< those that both have
  std::optional<McNemar> mcnemar;           ///< of classes
  std::optional<double> other_class;        ///< share of the rows for which the two predict another class
  std::optional<double> mean_distance;      ///< of their scores, or of their predicted numbers
  std::string obstacle;                     ///< why nothing was compared; empty: it was
};

/// A certification: what was measured of one payload. Whether it may be promoted is the reader's business; only one that passes
/// is called a certificate. Written as the in-toto predicate test-result/v0.1, with everything that the standard has no
/// field for under the key `mops_certification` (format certificate/v1). INCONCLUSIVE is `result: FAILED` to the standard.
struct Certificate {
  Verdict verdict = Verdict::inconclusive;
  std::string model;
  std::optional<model::Level> level;       ///< that the contract was held against; the first certificates do not say
  Digest payload;
  Digest manifest;                         ///< model::manifest_digest: the configuration that was tested
  std::string commit;                      ///< where the payload was found, hex
  std::vector<Subject> artifacts;          ///< by path, from mops.lock
  std::optional<Subject> environment_lock;
  MeasuredDataset dataset;
  std::vector<TrainingDataset> training;   ///< those that have a digest
  std::vector<Check> checks;
  std::map<std::string, double> metrics;
  Performance performance;
  std::optional<FileReference> histogram;
  CertifiedAnswers answers;
  std::optional<Rehearsal> rehearsal;
  std::optional<Comparison> comparison;    ///< nothing for a first version; the first certificates do not have it
  MeasuredOn measured_on;
  SystemTime started;
  SystemTime finished;

  /// Null: there is none of that name.
  [[nodiscard]] const Check* find_check(std::string_view name) const;
};

/// PASSED and WARNED: every limit is kept. What a warning is about is for people to judge; a stage of level production takes none.
constexpr bool passes(Verdict verdict) { return verdict == Verdict::passed || verdict == Verdict::warned; }

inline constexpr std::string_view k_test_result_type = "https://in-toto.io/attestation/test-result/v0.1";

/// Requires that all numbers are finite.
Statement to_statement(const Certificate& certificate);

/// Strict: another type, a missing field, a standard part that contradicts the extension, or a newer format (named with the
/// newest that is read) is an Error: invalid. Unknown keys are ignored.
Result<Certificate> read_certificate(const Statement& statement);

}  // namespace mops::evidence
