#pragma once

#include "cli/rehearsal.h"
#include "stats/sample.h"
#include "tensor/dataset.h"

namespace mops::cli {

/// Runs the baseline, asks it for the rows that the candidate was asked for, and compares what they say (certify/current_version.h). Errors: those of
/// starting and asking it, refused when it is of another task, interrupted.
Result<evidence::Comparison> compare_with_baseline(Env& env, Workspace& workspace, const Baseline& baseline, const model::Manifest& candidate, const tensor::Dataset& rows,
                                                   const stats::Sample& predictions, const platform::StateFolder& state, Progress& progress);

}  // namespace mops::cli
