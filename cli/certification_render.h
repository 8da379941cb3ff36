#pragma once

#include "cli/certification.h"
#include "document/value.h"

#include <string>
#include <vector>

namespace mops::cli {

/// Verdict and reason first, then every check; coloured for standard output.
std::string to_text(const Certification& certification, const Console& console);
document::Value to_value(const Certification& certification);

/// A model of several that stopped before there was anything to judge.
struct Uncertified {
  std::string folder;  ///< as the user would type it
  Error error;
};

/// One document about several models, whatever became of each. What is not certified is INCONCLUSIVE at best.
document::Value to_value(const std::vector<Certification>& certifications, const std::vector<Uncertified>& uncertified);
/// A suite for each model, a case for each check; FAILED and INCONCLUSIVE are failures. One with an error for each that was stopped.
std::string to_junit(const std::vector<Certification>& certifications, const std::vector<Uncertified>& uncertified);
/// Workflow commands: an error for what FAILED or is INCONCLUSIVE, a warning for what is WARNED.
std::string to_github(const Certification& certification);

}  // namespace mops::cli
