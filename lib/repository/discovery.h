#pragma once

#include "repository/repository.h"

namespace mops::repository {

/// The nearest folder, `folder` or above, that has a `.git`, whether or not that is a repository.
std::optional<Path> folder_with_git(const Path& folder);

/// `folder` seen from the work tree at `root`; both absolute with links resolved. nullopt: it is outside, or in the git folder.
std::optional<Place> place_of(const Path& folder, const Path& root, const Path& git_folder);

/// Sorts in byte order and drops duplicates and what is not a file or a link below `folder`.
void keep_files_on_disk(std::vector<std::string>& paths, const Path& folder);

}  // namespace mops::repository
