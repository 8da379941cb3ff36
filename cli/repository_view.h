#pragma once

#include "cli/workspace.h"
#include "policy/check.h"

#include <map>
#include <string>
#include <vector>

namespace mops::cli {

/// A model's files as a check reads them: those of a commit, or what a commit of everything on the disk would hold (files that
/// are on the disk and not ignored; of a sparse checkout also those that only HEAD has).
class ModelView final : public policy::RepositoryView {
 public:
  static Result<ModelView> of_commit(Workspace& workspace, const repository::ObjectId& commit);
  static Result<ModelView> of_work_tree(Env& env, Workspace& workspace);

  const std::vector<std::string>& paths() override { return paths_; }
  Result<std::string> read(const std::string& path) override;
  Result<uint64_t> size(const std::string& path) override;
  bool is_ignored(const std::string& path) override;
  Result<std::vector<model::Version>> released_versions(const std::string& name) override;
  Result<std::optional<policy::ReleasedVersion>> released(const std::string& name, const model::Version& version) override;
  /// Of a path that is read from a commit.
  [[nodiscard]] bool is_executable(const std::string& path) const;

 private:
  ModelView(FileSystem* files, Workspace& workspace) : files_(files), workspace_(&workspace) {}

  FileSystem* files_;   ///< nullptr: everything comes from the commit
  Workspace* workspace_;
  std::vector<std::string> paths_;
  std::map<std::string, repository::TreeFile> committed_;   ///< those that are read from the commit
};

}  // namespace mops::cli
