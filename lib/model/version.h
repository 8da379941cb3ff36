#pragma once

#include "base/result.h"

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mops::model {

/// SemVer 2.0.0 without build metadata. Ordered by precedence (semver.org, 11).
struct Version {
  uint64_t major = 0;
  uint64_t minor = 0;
  uint64_t patch = 0;
  std::vector<std::string> pre_release = {};

  /// Takes `1.2.3` or `1.2.3-rc.1`; not `v1.2.3`, not `1.2`, not `1.2.3+build` (each refused with its own help).
  static Result<Version> parse(std::string_view text);
  [[nodiscard]] std::string to_string() const;
};

std::strong_ordering operator<=>(const Version& a, const Version& b);
bool operator==(const Version& a, const Version& b);

/// A model's name: `[a-z]([a-z0-9-]{0,38}[a-z0-9])?`. Error: usage, with a suggestion where one is near.
Result<std::string> parse_name(std::string_view text);
/// A stage's name, same grammar.
Result<std::string> parse_stage(std::string_view text);

/// `NAME@VERSION` or `NAME@vVERSION` as typed on the command line.
struct VersionedName {
  std::string name;
  Version version;
  static Result<VersionedName> parse(std::string_view text);
};

/// GTO's tag grammar: `NAME@v1.2.3` registers a version, `NAME#STAGE#3` assigns a stage.
std::string version_tag(std::string_view name, const Version& version);
std::string stage_tag(std::string_view name, std::string_view stage, uint64_t number);
struct StageTag {
  std::string name;
  std::string stage;
  uint64_t number = 0;
};
/// nullopt when `tag` is not of that form.
std::optional<VersionedName> parse_version_tag(std::string_view tag);
std::optional<StageTag> parse_stage_tag(std::string_view tag);

}  // namespace mops::model
