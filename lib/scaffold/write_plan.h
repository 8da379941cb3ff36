#pragma once

#include "base/file_system.h"
#include "base/result.h"

#include <cstdint>
#include <string>
#include <vector>

namespace mops::scaffold {

struct PlannedFile {
  std::string path;  ///< relative to the folder, with `/`
  std::string content;
  uint32_t mode = 0644;
};

/// A folder that is to be made, with its files in byte order of their paths.
struct WritePlan {
  Path folder;
  std::vector<PlannedFile> files;

  /// One line a file, for `--dry-run`: mode, size in bytes, path.
  [[nodiscard]] std::string describe() const;
};

/// Whether the folder can be made: it is not there, or an empty folder. Error: refused, names what is in the way.
Result<void> check_target(FileSystem& files, const Path& folder);

/// Writes the plan into `.NAME.mops-new` beside the folder, then renames: the folder is there whole or not at all, and a run that
/// was killed can be run again. Checks the target first.
Result<void> apply(FileSystem& files, const WritePlan& plan);

}  // namespace mops::scaffold
