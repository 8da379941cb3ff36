#include "scaffold/file_change.h"

#include <fmt/format.h>

namespace mops::scaffold {

std::string describe(std::span<const FileChange> changes) {
  std::string out;
  for (const FileChange& change : changes) {
    if (!change.content) out += fmt::format("remove              {}\n", change.path);
    else out += fmt::format("{:<6} {:04o} {:>7} {}\n", change.was_there ? "change" : "add", change.mode, change.content->size(), change.path);
  }
  return out;
}

Result<void> apply(FileSystem& files, const Path& folder, std::span<const FileChange> changes) {
  for (const FileChange& change : changes) {
    const Path path = folder / change.path;
    if (!change.content) {
      MOPS_TRY(files.remove(path));
      continue;
    }
    MOPS_TRY(files.make_directories(path.parent_path()));
    MOPS_TRY(files.write(path, *change.content, change.mode));
  }
  return {};
}

}  // namespace mops::scaffold
