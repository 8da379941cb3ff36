#pragma once

#include "base/digest.h"
#include "base/result.h"
#include "document/document.h"

#include <cstdint>
#include <string>
#include <vector>

namespace mops::model {

/// A large file that is named by content. `path` within the model's folder. It may be in git, or beside it (ignored by git,
/// made or fetched); either way its bytes are these.
struct Artifact {
  std::string path;
  Digest sha256;
  uint64_t size = 0;
};

/// `mops.lock`.
struct Lock {
  std::vector<Artifact> artifacts;
};

Result<Lock> read_lock(const document::Document& document);
std::string write_lock(const Lock& lock);

}  // namespace mops::model
