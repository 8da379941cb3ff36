#pragma once

#include "base/folder_lock.h"
#include "base/process_usage.h"
#include "certify/own_metrics.h"
#include "certify/prediction.h"
#include "evidence/certificate.h"
#include "http/transport.h"
#include "model/manifest.h"
#include "stats/estimate.h"
#include "stats/histogram.h"
#include "target/target.h"
#include "tensor/dataset.h"

#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace mops::certify {

/// A version that runs and is to be measured.
struct MeasurementOrder {
  const model::Manifest& manifest;
  const tensor::Dataset& dataset;
  target::Endpoint endpoint;
  std::optional<double> cold_start_ms = {};                       ///< from its start until it was ready, where that was seen
  std::function<std::optional<ProcessUsage>()> usage = {};        ///< what the model has taken so far; absent: nobody can tell
  /// Returns when nobody else on this machine sends a load; its result is kept while this one is sent. Absent: not asked.
  std::function<Result<FolderLock>(const std::stop_token&)> take_machine = {};
  /// Runs one program of the manifest's `own_metrics` on all answers (own_metrics.h). Absent: they are left out.
  std::function<Result<std::vector<stats::Metric>>(const model::OwnMetrics&, const AnswerTable&)> measure_own = {};
};

/// All that was measured, and what the manifest's limits say of it.
struct Measurement {
  std::unique_ptr<stats::Sample> predictions;        ///< with their truth; nullptr where they could not be measured
  std::vector<stats::Estimate> metrics;
  std::map<std::string, Curve, std::less<>> curves;  ///< of predictions and load
  evidence::Performance performance;
  stats::Histogram latency;
  evidence::CertifiedAnswers answers;
  std::vector<evidence::Check> checks;
  std::vector<std::string> warnings;   ///< what makes the numbers less than they seem: the generator was the bottleneck
  Verdict verdict = Verdict::inconclusive;
};

/// Predictions over the whole data set, with the team's own metrics of them, then certified answers (at most 32 rows, asked alone), then
/// the open-loop load of the manifest with rows of the data set as bodies (load_phase.h), then the contract (contract.h). Takes as long as
/// the load says. Where the answers to some rows are not what the interface says, that is the verdict, and nothing else but the contract is
/// measured. Errors: refused when no answer can be measured, outside, interrupted.
Result<Measurement> measure(const MeasurementOrder& order, http::Transport& transport, const Progress& progress, std::stop_token stop);

}  // namespace mops::certify
