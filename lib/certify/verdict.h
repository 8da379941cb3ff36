#pragma once

#include "evidence/certificate.h"
#include "model/manifest.h"
#include "stats/estimate.h"

#include <map>
#include <string>
#include <vector>

namespace mops::certify {

/// The check with its verdict: INCONCLUSIVE without a finite value, FAILED beyond its limit, else PASSED.
evidence::Check judged(evidence::Check check);

/// Holds measured numbers against the limits of the manifest, one check each: metrics in the manifest's order, then latency,
/// throughput and errors. A number that could not be measured is INCONCLUSIVE, and so are a limit that some runs of the load keep and
/// others do not, and a percentile that would pass with too few answers. `rows` stand behind the metrics.
std::vector<evidence::Check> hold_against_limits(const model::Certification& wanted, const std::vector<stats::Estimate>& metrics, uint64_t rows,
                                                 const evidence::Performance& performance);

/// The differences to the current version against what `not_worse_than_current` allows, one check each (`current/roc_auc`). One beyond it FAILED only
/// when its whole interval is beyond, else the rows are too few to tell: INCONCLUSIVE. What could not be compared is WARNED.
std::vector<evidence::Check> hold_against_current(const model::Certification& wanted, const evidence::Comparison& comparison, uint64_t rows);

/// A generator that was late or had no core adds to latencies and takes from throughput: where these fail under it, nothing is known
/// of the model, and they become INCONCLUSIVE with `why`. What passed all the same, passed.
void excuse_from_generator(std::vector<evidence::Check>& checks, const std::string& why);

/// The worst of all; INCONCLUSIVE without any check.
Verdict verdict_of(const std::vector<evidence::Check>& checks);

}  // namespace mops::certify
