#include "base/folder_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

namespace mops {

FolderLock FolderLock::share(const Path& folder) { return take(folder, LOCK_SH); }
FolderLock FolderLock::alone(const Path& folder) { return take(folder, LOCK_EX); }

FolderLock FolderLock::take(const Path& folder, int operation) {
  FolderLock lock;
  FileDescriptor file(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!file || ::flock(file.get(), operation | LOCK_NB) != 0) return lock;
  // Somebody may have removed or renamed it between the two calls.
  struct stat held {};
  struct stat present {};
  if (::fstat(file.get(), &held) != 0 || ::lstat(folder.c_str(), &present) != 0) return lock;
  if (held.st_ino == present.st_ino && held.st_dev == present.st_dev) lock.file_ = std::move(file);
  return lock;
}

}  // namespace mops
