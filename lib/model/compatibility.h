#pragma once

#include "model/manifest.h"
#include "model/version.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mops::model {

/// Confluent's names, for a service: its clients send inputs and read outputs.
enum class Compatibility {
  none,
  forward,   ///< clients of the new version can use the old one: a rollback harms nobody, the upgrade does
  backward,  ///< clients of the old version can use the new one
  full,      ///< both
};
std::string_view to_string(Compatibility compatibility);  ///< `FULL` …
std::optional<Compatibility> parse_compatibility(std::string_view text);

/// What a version changes of SemVer's three numbers, the least first.
enum class Bump { patch, minor, major };
std::string_view to_string(Bump bump);  ///< `patch` …

enum class ChangePlace { input, output, service };
enum class ChangeKind { added, removed, datatype, shape, nullable, range, categories, sensitivity, description, url, task };
std::string_view to_string(ChangePlace place);
std::string_view to_string(ChangeKind kind);

/// One difference between two interfaces, as clients meet it.
struct InterfaceChange {
  ChangePlace place = ChangePlace::input;
  std::string name;         ///< of the tensor; of the service: the key in `mops.yaml`
  ChangeKind kind = ChangeKind::added;
  bool breaks_backward = false;  ///< clients of the old version fail on the new one
  bool breaks_forward = false;   ///< clients of the new version fail on the old one
  std::string sentence;          ///< lower case, without a full stop
  std::string resembles = {};    ///< of a removed tensor: a new one of the same type that may be it under another name
};

struct InterfaceComparison {
  std::vector<InterfaceChange> changes;  ///< of the service, inputs, outputs; in the order of the manifests
  Compatibility compatibility = Compatibility::full;

  /// What SemVer demands from 1.0.0 on.
  [[nodiscard]] Bump bump() const;
  /// The first change that breaks clients of the old version, or nullptr.
  [[nodiscard]] const InterfaceChange* first_break() const;
  /// The first change that demands that bump; nullptr for patch.
  [[nodiscard]] const InterfaceChange* decisive_change() const;
};

/// A server refuses inputs that it does not know, a nullable input may be left out, and datatypes are compared by name, as
/// servers do. Bounds that a datatype has anyway change nothing (UINT8 and `range: [0, 255]`). The order of tensors means nothing.
InterfaceComparison compare_interfaces(const Manifest& before, const Manifest& after);

/// The first of the three numbers that differs; patch when only the pre-release does.
Bump bump_between(const Version& from, const Version& to);
/// What a change that demands `change` from 1.0.0 on demands of the version after `from`: before 1.0.0 one step less (SemVer 4),
/// after a pre-release nothing.
Bump demanded_bump(const Version& from, Bump change);
/// The lowest version that makes this step.
Version next_version(const Version& from, Bump bump);

/// The newest of `versions` below `version` that is no pre-release: what its interface is held against. nullptr: there is none.
const Version* newest_below(std::span<const Version> versions, const Version& version);

}  // namespace mops::model
