#pragma once

#include "comparison/comparison.h"

#include <string>

namespace mops::cli {

/// `schemas/diff-v1.yaml` describes it.
std::string to_json(const comparison::Comparison& comparison, const comparison::Snapshot& before, const comparison::Snapshot& after);

}  // namespace mops::cli
