#pragma once

#include "base/file_system.h"
#include "base/result.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace mops::scaffold {

/// What is to become of one file of a repository. Content nullopt: it is removed.
struct FileChange {
  std::string path;  ///< relative to the model's folder, with `/`
  std::optional<std::string> content;
  uint32_t mode = 0644;
  bool was_there = false;
};

/// One line a change, for `--dry-run`: what is done, mode, size in bytes, path.
std::string describe(std::span<const FileChange> changes);

/// Makes the changes in order, each whole or not at all: a run that was killed can be run again. Error: outside, after which the
/// changes before it are made.
Result<void> apply(FileSystem& files, const Path& folder, std::span<const FileChange> changes);

}  // namespace mops::scaffold
