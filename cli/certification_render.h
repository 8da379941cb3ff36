#pragma once

#include "cli/certification.h"
#include "document/value.h"

#include <string>
#include <vector>

namespace mops::cli {

/// Verdict and reason first, then every check; coloured for standard output.
std::string to_text(const Certification& certification, const Console& console);
document::Value to_value(const Certification& certification);
/// A suite for each model, a case for each check; FAILED and INCONCLUSIVE are failures.
std::string to_junit(const std::vector<Certification>& certifications);
/// Workflow commands: an error for what FAILED or is INCONCLUSIVE, a warning for what is WARNED.
std::string to_github(const Certification& certification);

}  // namespace mops::cli
