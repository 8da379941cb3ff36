#pragma once

#include "base/digest.h"
#include "base/source.h"
#include "document/document.h"

#include <optional>
#include <string>

namespace mops::policy {

/// Which policy a manifest follows: `policy.folder`, or `policy.git` with `revision` and perhaps `folder` in it; pinned by `digest`.
struct Reference {
  std::string git;       ///< a URL or path that git understands; empty: `folder` is on the disk
  std::string revision;  ///< of `git`
  std::string folder;    ///< relative to the model's folder, or within the git repository
  std::optional<Digest> digest;
  Span span;         ///< of the key `policy`
  Span digest_span;  ///< of the digest; without one as `span`
};

/// nullopt when the manifest follows the built-in policy, or says nothing that can be understood (the schema then complains).
std::optional<Reference> read_reference(const document::Document& manifest);

}  // namespace mops::policy
