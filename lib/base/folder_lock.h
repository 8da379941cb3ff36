#pragma once

#include "base/file_descriptor.h"
#include "base/file_system.h"

namespace mops {

/// A hold on a folder that the kernel lets go of when its process ends, however that comes (flock(2)). Several may share it;
/// who gets it `alone` knows that nobody uses the folder. Empty when the folder is not there or held by others; never waits.
class FolderLock {
 public:
  FolderLock() = default;
  static FolderLock share(const Path& folder);
  static FolderLock alone(const Path& folder);

  explicit operator bool() const { return static_cast<bool>(file_); }

 private:
  static FolderLock take(const Path& folder, int operation);
  FileDescriptor file_;
};

}  // namespace mops
