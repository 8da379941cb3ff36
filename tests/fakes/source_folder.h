#pragma once

#include "base/embedded_file.h"
#include "base/real_file_system.h"

#include <algorithm>
#include <deque>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace mops::fakes {

/// The files below a folder of the source tree, as the program has them embedded.
class SourceFolder {
 public:
  explicit SourceFolder(const std::string& name) {
    const std::filesystem::path root = std::filesystem::path(MOPS_SOURCE_DIR) / name;
    RealFileSystem files;
    std::vector<std::filesystem::path> paths;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root))
      if (entry.is_regular_file()) paths.push_back(entry.path());
    std::sort(paths.begin(), paths.end());
    for (const auto& path : paths) {
      const auto& [relative, text] =
          contents_.emplace_back(std::filesystem::relative(path, root).generic_string(), files.read(path).value());
      files_.push_back({.path = relative, .content = text});
    }
  }

  [[nodiscard]] const std::vector<EmbeddedFile>& files() const { return files_; }

 private:
  std::deque<std::pair<std::string, std::string>> contents_;
  std::vector<EmbeddedFile> files_;
};

}  // namespace mops::fakes
