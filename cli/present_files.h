#pragma once

#include "cli/repository_view.h"
#include "scaffold/drift.h"

namespace mops::cli {

/// The files of a model on the disk, as a commit of everything would have them: what git ignores is told apart, no symbolic link is
/// followed, and what a sparse checkout leaves out is read from HEAD.
class WorkTreeFiles final : public scaffold::PresentFiles {
 public:
  static Result<WorkTreeFiles> open(Env& env, Workspace& workspace);

  Result<scaffold::PresentFile> look(const std::string& path) override;

 private:
  WorkTreeFiles(FileSystem& files, Path folder, ModelView view) : files_(&files), folder_(std::move(folder)), view_(std::move(view)) {}

  FileSystem* files_;
  Path folder_;
  ModelView view_;
};

}  // namespace mops::cli
