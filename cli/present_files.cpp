#include "cli/present_files.h"

#include <algorithm>

namespace mops::cli {

using scaffold::PresentFile;
using scaffold::PresentKind;

Result<WorkTreeFiles> WorkTreeFiles::open(Env& env, Workspace& workspace) {
  MOPS_ASSIGN(ModelView view, ModelView::of_work_tree(env, workspace));
  return WorkTreeFiles(env.files, workspace.folder(), std::move(view));
}

Result<PresentFile> WorkTreeFiles::look(const std::string& path) {
  const auto& known = view_.paths();
  const bool is_known = std::binary_search(known.begin(), known.end(), path);
  for (size_t slash = path.find('/'); slash != std::string::npos; slash = path.find('/', slash + 1)) {
    const std::string parent = path.substr(0, slash);
    const auto status = files_->status(folder_ / parent);
    if (!status) break;
    if (status->kind != FileKind::directory) return PresentFile{.kind = PresentKind::blocked, .detail = parent};
  }
  const auto status = files_->status(folder_ / path);
  if (!status) {
    if (status.error().code != ErrorCode::not_found) return fail(status.error());
    if (!is_known) return PresentFile{};
    MOPS_ASSIGN(std::string content, view_.read(path));
    return PresentFile{.kind = PresentKind::file, .content = std::move(content), .mode = view_.is_executable(path) ? 0755U : 0644U};
  }
  switch (status->kind) {
    case FileKind::directory: return PresentFile{.kind = PresentKind::folder};
    case FileKind::other: return PresentFile{.kind = PresentKind::other};
    case FileKind::symlink: {
      MOPS_ASSIGN(std::string target, files_->read_link(folder_ / path));
      return PresentFile{.kind = PresentKind::symlink, .detail = std::move(target)};
    }
    case FileKind::file: break;
  }
  if (!is_known) return PresentFile{.kind = PresentKind::ignored};
  MOPS_ASSIGN(std::string content, files_->read(folder_ / path));
  return PresentFile{.kind = PresentKind::file, .content = std::move(content), .mode = status->mode};
}

}  // namespace mops::cli
