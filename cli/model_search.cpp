#include "cli/model_search.h"

#include <algorithm>

namespace mops::cli {
namespace {

std::string joined(const std::string& directory, const std::string& name) {
  if (directory.empty() || directory == ".") return name;
  return directory + (directory.ends_with('/') ? "" : "/") + name;
}

}  // namespace

Result<void> find_models(FileSystem& files, const Path& folder, const std::string& directory, std::stop_token stop, std::vector<ModelFolder>& models) {
  const size_t before = models.size();
  std::vector<std::string> waiting = {directory};
  while (!waiting.empty()) {
    if (stop.stop_requested()) return fail(ErrorCode::interrupted, "interrupted while looking for models");
    const std::string at = std::move(waiting.back());
    waiting.pop_back();
    const bool was_named = at == directory;
    if (exists(files, folder / at / "mops.yaml")) {
      models.push_back({.directory = at, .was_named = was_named});
      continue;
    }
    auto entries = files.list(folder / at);
    // What was named is told by whoever opens it.
    if (!entries && was_named) break;
    if (!entries) {
      models.push_back({.directory = at, .was_named = false, .error = std::move(entries).error()});
      continue;
    }
    // The last one that waits is the next one looked at.
    for (auto entry = entries->rbegin(); entry != entries->rend(); ++entry)
      if (entry->kind == FileKind::directory && !entry->name.starts_with('.')) waiting.push_back(joined(at, entry->name));
  }
  if (models.size() == before) models.push_back({.directory = directory});
  return {};
}

}  // namespace mops::cli
