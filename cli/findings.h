#pragma once

#include "base/diagnostic.h"
#include "cli/source_texts.h"

#include <string>
#include <string_view>
#include <vector>

namespace mops::cli {

/// What was found in one model.
struct ModelFindings {
  std::string folder;             ///< as the user would type it; `.` for here
  std::string prefix;             ///< in front of the paths of its findings: `folder` with `/`, or nothing
  std::string repository_prefix;  ///< the same, seen from the root of its repository
  std::vector<Diagnostic> findings;
  SourceTexts texts;  ///< of the files that the findings point into

  [[nodiscard]] std::string path_in_model(std::string_view path) const {
    return std::string(path.substr(path.starts_with(prefix) ? prefix.size() : 0));
  }
  /// From the root of the repository: how those name a file who show findings beside the code.
  [[nodiscard]] std::string path_in_repository(std::string_view path) const { return repository_prefix + path_in_model(path); }
};

}  // namespace mops::cli
