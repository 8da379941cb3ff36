#pragma once

#include "base/file_system.h"
#include "base/result.h"

#include <cstdint>
#include <string>
#include <vector>

namespace mops::scaffold {

/// A file that is going to be written. `path` is relative to the plan's folder, with `/`.
struct PlannedFile {
  std::string path;
  std::string content;
  uint32_t mode = 0644;
};

/// Files of a new folder, made before anything is written.
struct WritePlan {
  std::vector<PlannedFile> files;  ///< in byte order of the paths

  /// Writes the files into `folder`, which must be absent or empty: first into a folder beside it, then renamed, so that a run
  /// that is killed leaves nothing that is half a repository. Errors: refused (what is there is named), outside.
  Result<void> apply(FileSystem& disk, const Path& folder) const;
};

}  // namespace mops::scaffold
