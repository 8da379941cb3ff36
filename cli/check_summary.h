#pragma once

#include "base/diagnostic.h"
#include "base/error.h"
#include "cli/console.h"
#include "document/value.h"

#include <map>
#include <span>
#include <string>
#include <vector>

namespace mops::cli {

/// What was found in some models, or by one rule.
struct Tally {
  size_t models = 0;
  size_t models_with_errors = 0;
  size_t errors = 0;
  size_t warnings = 0;

  Tally& operator+=(const Tally& other);
};

/// What a check of one model amounts to, without its findings.
struct ModelTally {
  std::string owner;  ///< its team; empty when the manifest does not say
  std::string level;
  Tally all;
  std::map<std::string, Tally> by_rule;

  ModelTally(std::string owner, std::string level, std::span<const Diagnostic> findings);
};

/// Adds up checks of many models. Its size goes with the number of rules, owners and models that could not be read.
class CheckSummary {
 public:
  void add(const ModelTally& model);
  void add_unreadable(const std::string& directory, const Error& error);

  [[nodiscard]] const Tally& all() const { return all_; }
  [[nodiscard]] size_t unreadable() const { return unreadable_.size(); }

  /// The `summary` of schemas/findings-v1.yaml.
  [[nodiscard]] document::Value to_value() const;
  /// Tables by rule, owner and level.
  [[nodiscard]] std::string render(const Console& console) const;
  /// "checked 12 models: 3 errors and 1 warning in 2 models; 1 could not be read".
  [[nodiscard]] std::string sentence() const;

 private:
  using Tallies = std::map<std::string, Tally>;

  Tally all_;
  Tallies by_rule_;
  Tallies by_owner_;
  Tallies by_level_;
  std::vector<std::pair<std::string, Error>> unreadable_;
};

}  // namespace mops::cli
