#pragma once

#include "base/file_system.h"
#include "model/lock.h"
#include "model/payload.h"
#include "repository/repository.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mops::repository {

/// The payload files of `folder` in `commit`, in byte order of their paths: what model::make_payload takes.
///
/// - A file counts by the sha256 of its content, as committed (no end-of-line conversion).
/// - A Git LFS pointer counts as the file it names, pulled or not.
/// - A symbolic link counts as the file it leads to, as for `sha256sum`. It must lead to a file of `folder` in the same
///   commit; a link to a folder, out of the folder, or to nothing is an Error (invalid).
/// - A submodule is an Error (invalid): its files are not in this repository.
/// - `mops.yaml` counts by model::manifest_digest; one that cannot be read is an Error (invalid).
Result<std::vector<model::PayloadFile>> payload_files(Repository& repository, const ObjectId& commit, std::string_view folder);

/// The same for files on the disk. `paths` as Repository::work_tree_files gives them; `folder` is where they are relative to.
Result<std::vector<model::PayloadFile>> work_tree_payload_files(FileSystem& files, const Path& folder,
                                                                std::span<const std::string> paths);

/// The same for the work tree of `folder` as git sees it: files that a sparse checkout leaves out count as in HEAD, a file that
/// somebody deleted does not count. A submodule that is checked out is an Error (invalid).
Result<std::vector<model::PayloadFile>> work_tree_payload_files(Repository& repository, std::string_view folder, FileSystem& files);

/// Writes exactly the payload files of `folder` in `commit` below `destination`, which must be absent or empty: plain files
/// only (a link becomes a copy), executable or not as committed. The content of an LFS pointer is taken from the
/// repository's LFS store, or from the work tree, where its sha256 matches. Error: refused when `destination` is not empty or
/// LFS content is not on this machine (help: `git lfs pull`); invalid as above, or for a path that leaves the destination.
/// After an error `destination` may hold a part of the files.
Result<void> extract_payload(Repository& repository, const ObjectId& commit, std::string_view folder, const Path& destination,
                             FileSystem& files);

/// Copies the artifacts of `lock` that are not yet below `destination` from `work_tree_folder`, where sha256 and size match.
/// Errors: not_found when one is nowhere, refused when the one found is not the one locked (says what was found), invalid for
/// a path that leaves the folder.
Result<void> fetch_artifacts(const model::Lock& lock, const Path& work_tree_folder, const Path& destination, FileSystem& files);

}  // namespace mops::repository
