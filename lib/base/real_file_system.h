#pragma once

#include "base/file_system.h"

namespace mops {

/// The machine's disk. Stateless; safe from any thread.
class RealFileSystem final : public FileSystem {
 public:
  Result<std::string> read(const Path& path) override;
  Result<void> write(const Path& path, std::string_view content, uint32_t mode = 0644) override;
  Result<FileStatus> status(const Path& path) override;
  Result<std::vector<DirectoryEntry>> list(const Path& path) override;
  Result<void> make_directories(const Path& path) override;
  Result<void> rename(const Path& from, const Path& to) override;
  Result<void> remove(const Path& path) override;
  Result<std::string> read_link(const Path& path) override;
};

}  // namespace mops
