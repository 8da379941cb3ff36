#pragma once

#include "base/file_system.h"
#include "base/result.h"

#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

namespace mops::cli {

/// A document to be read.
struct DocumentFile {
  std::string path;  ///< as the user would type it; `<stdin>`
  std::optional<Error> error = {};  ///< it is a folder that could not be listed

  [[nodiscard]] Path location(const Path& folder) const;
};

/// What the words of a command line stand for: files, `-` for standard input, and of folders every `*.yaml`, `*.yml` and `*.json`
/// below them in byte order, without what is hidden or a link. Errors: not_found when a folder holds none, interrupted.
Result<std::vector<DocumentFile>> find_documents(FileSystem& files, const Path& folder, std::span<const std::string> words, std::stop_token stop);

}  // namespace mops::cli
