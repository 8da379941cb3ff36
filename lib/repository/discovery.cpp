#include "repository/discovery.h"

#include <algorithm>

namespace mops::repository {

std::optional<Path> folder_with_git(const Path& folder) {
  std::error_code none;
  for (Path at = folder;; at = at.parent_path()) {
    if (std::filesystem::exists(at / ".git", none)) return at;
    if (at == at.parent_path()) return std::nullopt;
  }
}

std::optional<Place> place_of(const Path& folder, const Path& root, const Path& git_folder) {
  // A path made from text that ends in `/` has an empty last component, which counts in comparisons.
  const auto without_slash = [](const Path& path) { return path.has_filename() ? path : path.parent_path(); };
  Place place{.root = without_slash(root), .git_folder = without_slash(git_folder), .folder = {}};
  const Path relative = folder.lexically_relative(place.root);
  if (relative.empty() || *relative.begin() == ".." || *relative.begin() == ".git") return std::nullopt;
  if (relative != ".") place.folder = relative.generic_string();
  return place;
}

void keep_files_on_disk(std::vector<std::string>& paths, const Path& folder) {
  std::sort(paths.begin(), paths.end());
  paths.erase(std::unique(paths.begin(), paths.end()), paths.end());
  std::erase_if(paths, [&](const std::string& path) {
    std::error_code none;
    const auto kind = std::filesystem::symlink_status(folder / path, none).type();
    return kind != std::filesystem::file_type::regular && kind != std::filesystem::file_type::symlink;
  });
}

}  // namespace mops::repository
