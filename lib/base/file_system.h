#pragma once

#include "base/result.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace mops {

using Path = std::filesystem::path;

enum class FileKind { file, directory, symlink, other };

struct FileStatus {
  FileKind kind = FileKind::file;
  uint64_t size = 0;
  bool executable = false;
  uint32_t mode = 0644;  ///< permissions as in chmod
};

struct DirectoryEntry {
  std::string name;
  FileKind kind = FileKind::file;
};

/// The disk. Implementations: the real one (real_file_system.h), and an in-memory one in tests/fakes that can fail.
/// Paths are used as given. Errors: ErrorCode::not_found when the path is not there, outside for the rest; messages name
/// the path. Threads: calls are independent of each other.
class FileSystem {
 public:
  virtual ~FileSystem() = default;

  virtual Result<std::string> read(const Path& path) = 0;
  /// Whole or not at all: written beside the path, fsynced and renamed over it. Makes no folders. `mode` as in chmod.
  virtual Result<void> write(const Path& path, std::string_view content, uint32_t mode = 0644) = 0;
  /// Follows no symbolic link at the last component.
  virtual Result<FileStatus> status(const Path& path) = 0;
  /// Sorted by name, without `.` and `..`.
  virtual Result<std::vector<DirectoryEntry>> list(const Path& path) = 0;
  virtual Result<void> make_directories(const Path& path) = 0;
  virtual Result<void> rename(const Path& from, const Path& to) = 0;
  /// Removes a file or a whole tree; absent is fine.
  virtual Result<void> remove(const Path& path) = 0;
  virtual Result<std::string> read_link(const Path& path) = 0;
};

/// True if anything (also a dangling link) is at `path`.
bool exists(FileSystem& files, const Path& path);

}  // namespace mops
