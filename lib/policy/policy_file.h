#pragma once

#include "base/clock.h"
#include "base/diagnostic.h"
#include "document/document.h"
#include "model/manifest.h"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace mops::policy {

enum class WaiverRight { allowed, refused };

/// How strict one rule is. Without a severity at a level it is not looked at there.
struct Strictness {
  std::optional<Severity> at_prototype;
  std::optional<Severity> at_production;
  std::optional<SystemTime> from = {};  ///< before it, errors are warnings and warnings are notes
  std::string from_date = {};
  WaiverRight waivers = WaiverRight::allowed;

  [[nodiscard]] std::optional<Severity> at(model::Level level) const { return level == model::Level::production ? at_production : at_prototype; }
};

/// Files of models that must fit a schema of the policy.
struct DocumentDemand {
  std::string rules;  ///< the first part of its rule ids
  std::string files;  ///< see glob.h
  std::string schema; ///< `schemas/NAME`, in the policy's folder
  bool required = false;
  std::string reason;
  Strictness strictness;
};

/// `policy.yaml` of a bundle (`policy/v1`). The defaults are those of the built-in policy.
struct PolicyFile {
  std::string name = "mops";
  std::string version = "1.0.0";
  std::string description = "The policy that is built into mops";
  std::map<std::string, Strictness, std::less<>> rules;  ///< those that differ from the table in rule.h
  std::vector<DocumentDemand> documents;
  std::vector<std::string> card_sections = {"Intended use", "Training data", "Limitations"};
  uint64_t largest_file = 5ULL << 20;
  std::optional<int64_t> longest_waiver_days;
};

/// Reads a document that has passed schemas/policy-v1.yaml. Adds to `findings` what a schema cannot see: rules that do not exist, two
/// documents that share a name.
PolicyFile read_policy_file(const document::Document& document, std::vector<Diagnostic>& findings);

}  // namespace mops::policy
