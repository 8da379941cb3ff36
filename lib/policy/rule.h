#pragma once

#include "base/diagnostic.h"
#include "model/manifest.h"

#include <optional>
#include <span>
#include <string_view>

namespace mops::policy {

/// A small edit of a sound repository that shows the rule: in `path`, `before` becomes `after` (an empty `before` stands for the
/// whole file; both empty: the file is removed). Then the finding says `message`. A test does it for every rule.
struct RuleExample {
  std::string_view path;
  std::string_view before;
  std::string_view after;
  std::string_view message;
};

/// A rule of the built-in policy. Ids are stable and never reused. Without a severity at a level it is not looked at there.
struct Rule {
  std::string_view id;
  std::optional<Severity> at_prototype;
  std::optional<Severity> at_production;
  std::string_view reason;
  RuleExample example;

  [[nodiscard]] std::optional<Severity> severity(model::Level level) const {
    return level == model::Level::production ? at_production : at_prototype;
  }
};

/// Every rule that `check` can report, sorted by id.
std::span<const Rule> rules();
const Rule* find_rule(std::string_view id);

}  // namespace mops::policy
