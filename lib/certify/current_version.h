#pragma once

#include "evidence/certificate.h"
#include "model/manifest.h"
#include "stats/sample.h"

#include <stop_token>
#include <string>

namespace mops::certify {

/// The current version's manifest with the candidate's question: which rows, which truth. Outputs are its own. Error refused: it is of another task.
Result<model::Manifest> asked_as(const model::Manifest& current, const model::Manifest& candidate);

/// What two versions say of the same rows: metrics with intervals of their differences, McNemar's test, how often they disagree. Without the names
/// of the current version. Error: interrupted.
Result<evidence::Comparison> compare_with_current(const stats::Sample& current, const stats::Sample& candidate, const std::stop_token& stop);

}  // namespace mops::certify
