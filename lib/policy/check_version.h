#pragma once

#include "model/compatibility.h"
#include "policy/inspection.h"

#include <map>
#include <optional>
#include <string>

namespace mops::policy {

/// Holds the model as it is now against its released versions. Without a manifest that can be read it knows nothing. Borrows both.
class ReleaseCheck {
 public:
  ReleaseCheck(Inspection& inspection, const document::Document* manifest);

  /// Rule `version/bump`: whether `version`, of which `notes` are (`place`: where they say so), steps far enough from the newest
  /// release before it. A version that is released already is as it is.
  void check_step(const model::Version& version, const document::Document& notes, const document::Node& place);

  /// How the interface changed between two versions; nullopt when one of them is not here. `to` without a tag is the model as it is
  /// now, if it is the newest.
  std::optional<model::InterfaceComparison> compare(const model::Version& from, const model::Version& to, bool to_is_newest);

  /// What the tag of a version names.
  std::optional<Digest> certificate_of(const model::Version& version);

 private:
  struct Release {
    std::optional<model::Manifest> manifest;  ///< absent: it cannot be read
    std::optional<Digest> certificate;
  };
  const std::vector<model::Version>& versions();
  /// nullptr: no such release here.
  const Release* find(const model::Version& version);

  Inspection& inspection_;
  const document::Document* document_;
  std::optional<model::Manifest> manifest_;
  std::optional<std::vector<model::Version>> versions_;
  std::map<model::Version, std::optional<Release>> releases_;
};

}  // namespace mops::policy
