#pragma once

#include "cli/workspace.h"
#include "model/version.h"

#include <optional>
#include <string>
#include <vector>

namespace mops::cli {

/// What the message of a release tag says; its trailers (`Payload:`, `Certificate:`, `Path:`) are for programs.
struct ReleaseMessage {
  std::string name;
  model::Version version;
  std::string summary;
  Digest payload;
  Digest certificate;
  std::string folder;  ///< of the model within the repository; empty at its root
};

std::string to_message(const ReleaseMessage& message);

struct ReleaseTrailers {
  std::optional<Digest> payload;
  std::optional<Digest> certificate;
  std::optional<std::string> folder;
};

/// What is there and can be read; a tag that somebody else made has none.
ReleaseTrailers read_trailers(std::string_view message);

/// The versions that tags of this repository register, in any order. One that GTO took back (`NAME@v1.0.0!`) does not count.
Result<std::vector<model::Version>> released_versions(Workspace& workspace, const std::string& name);

/// The annotated tag of that name. Error: not_found (says `mops release`, and `git fetch --tags` where that may help).
Result<repository::Tag> find_tag(Workspace& workspace, const std::string& name);

}  // namespace mops::cli
