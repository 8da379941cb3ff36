#include "cli/repository_view.h"

#include "cli/release_tag.h"

#include <algorithm>

namespace mops::cli {

Result<ModelView> ModelView::of_commit(Workspace& workspace, const repository::ObjectId& commit) {
  ModelView view(nullptr, workspace);
  MOPS_ASSIGN(const auto tree, workspace.repository().tree_files(commit, workspace.folder_in_repository()));
  for (const repository::TreeFile& file : tree) {
    if (file.mode == repository::FileMode::submodule) continue;
    view.paths_.push_back(file.path);
    view.committed_.emplace(file.path, file);
  }
  return view;
}

Result<ModelView> ModelView::of_work_tree(Env& env, Workspace& workspace) {
  ModelView view(&env.files, workspace);
  MOPS_ASSIGN(view.paths_, workspace.repository().work_tree_files(workspace.folder_in_repository()));
  MOPS_ASSIGN(const repository::Head head, workspace.repository().head());
  // A model that was never committed, or a folder that HEAD does not have: the disk is all there is.
  if (!head.commit) return view;
  const auto tree = workspace.repository().tree_files(*head.commit, workspace.folder_in_repository());
  if (!tree) return view;
  std::vector<const repository::TreeFile*> absent;
  for (const repository::TreeFile& file : *tree)
    if (file.mode != repository::FileMode::submodule && !std::binary_search(view.paths_.begin(), view.paths_.end(), file.path)) absent.push_back(&file);
  if (absent.empty()) return view;
  // Absent from the disk: deleted by the user, or left out by a sparse checkout. Only git's status can tell.
  MOPS_ASSIGN(const repository::WorkTreeStatus status, workspace.repository().work_tree_status(workspace.folder_in_repository()));
  for (const repository::TreeFile* file : absent) {
    if (std::find(status.changed.begin(), status.changed.end(), file->path) != status.changed.end()) continue;
    view.paths_.push_back(file->path);
    view.committed_.emplace(file->path, *file);
  }
  std::sort(view.paths_.begin(), view.paths_.end());
  return view;
}

Result<std::string> ModelView::read(const std::string& path) {
  const auto committed = committed_.find(path);
  if (committed != committed_.end()) return workspace_->repository().read_blob(committed->second.blob);
  return files_->read(workspace_->folder() / path);
}

Result<uint64_t> ModelView::size(const std::string& path) {
  if (const auto committed = committed_.find(path); committed != committed_.end()) return workspace_->repository().blob_size(committed->second.blob);
  MOPS_ASSIGN(const FileStatus status, files_->status(workspace_->folder() / path));
  return status.size;
}

bool ModelView::is_executable(const std::string& path) const {
  const auto committed = committed_.find(path);
  return committed != committed_.end() && committed->second.mode == repository::FileMode::executable;
}

bool ModelView::is_ignored(const std::string& path) {
  return workspace_->repository().is_ignored(workspace_->folder_in_repository(), path).value_or(false);
}

Result<std::vector<model::Version>> ModelView::released_versions(const std::string& name) { return cli::released_versions(*workspace_, name); }

Result<std::optional<policy::ReleasedVersion>> ModelView::released(const std::string& name, const model::Version& version) {
  const std::string tag = model::version_tag(name, version);
  MOPS_ASSIGN(const repository::ObjectId commit, workspace_->repository().resolve("refs/tags/" + tag));
  MOPS_ASSIGN(auto manifest, workspace_->read_at(commit, "mops.yaml"));
  if (!manifest) return std::optional<policy::ReleasedVersion>();
  policy::ReleasedVersion released{.manifest = *std::move(manifest), .certificate = {}};
  // A tag without annotation has no message.
  if (const auto annotated = find_tag(*workspace_, tag)) released.certificate = read_trailers(annotated->message).certificate;
  return std::optional(std::move(released));
}

}  // namespace mops::cli
