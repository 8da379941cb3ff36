#pragma once

#include "base/file_system.h"
#include "base/folder_lock.h"
#include "base/result.h"

#include <functional>
#include <string>

namespace mops::cli {

/// A folder for the length of one command, locked for as long as this lives, so that what a killed command left can be told
/// from what another one uses. Removed when destroyed, unless it was renamed before.
class ScratchFolder {
 public:
  using Abandoned = std::function<void(const Path&)>;

  ScratchFolder() = default;
  /// Makes `parent/name`, and removes the folders beside it that nobody holds any more (each given to `abandoned` before).
  static Result<ScratchFolder> make(FileSystem& files, const Path& parent, const std::string& name, const Abandoned& abandoned = {});

  ScratchFolder(ScratchFolder&& other) noexcept;
  ScratchFolder& operator=(ScratchFolder&& other) noexcept;
  ~ScratchFolder();

  [[nodiscard]] const Path& path() const { return path_; }

 private:
  void remove();

  FileSystem* files_ = nullptr;
  Path path_;
  FolderLock lock_;
};

}  // namespace mops::cli
