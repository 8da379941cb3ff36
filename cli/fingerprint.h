#pragma once

#include "cli/findings.h"

#include <string>
#include <vector>

namespace mops::cli {

/// What identifies each finding of a model from run to run, wherever the lines move to: 32 hex digits made of its rule, its path
/// in the repository, its line without blanks, the first word in backticks of its message, and a running number among equals.
/// A finding without a line has none of that part.
std::vector<std::string> fingerprints(const ModelFindings& model);

}  // namespace mops::cli
