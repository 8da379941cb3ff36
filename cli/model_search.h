#pragma once

#include "base/file_system.h"
#include "base/result.h"

#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace mops::cli {

/// A folder to be checked.
struct ModelFolder {
  std::string directory;  ///< as the user would type it; empty: where he stands
  bool was_named = true;  ///< by the user; else it was found below what he named
  std::optional<Error> error = {};  ///< it is a folder that could not be searched
};

/// Adds the models that `directory` (from `folder`) stands for: itself, or, when it has no `mops.yaml` and is more than a place for
/// one, those below it, in byte order of their paths' parts. Hidden folders, folders below a model and links are not searched.
/// Adds `directory` itself when there are none. Error: interrupted.
Result<void> find_models(FileSystem& files, const Path& folder, const std::string& directory, std::stop_token stop, std::vector<ModelFolder>& models);

}  // namespace mops::cli
