#pragma once

#include "repository/repository.h"

namespace mops::repository {

/// What libgit2 made of a folder. `unsupported` is set when it knows that it does not know this kind of repository, or cannot
/// read it and the git program may tell more.
struct Libgit2Refusal {
  Error error;
  bool unsupported = false;
};

/// Over libgit2, in process: about 0.3 ms to open. Tags that must be signed, and changes in files that pass a filter (Git LFS),
/// are the git program's business, found in PATH of `variables`.
tl::expected<std::unique_ptr<Repository>, Libgit2Refusal> open_git_repository(const Path& folder, const Variables& variables);

}  // namespace mops::repository
