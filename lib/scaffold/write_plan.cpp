#include "scaffold/write_plan.h"

#include <fmt/format.h>

namespace mops::scaffold {

Result<void> WritePlan::apply(FileSystem& disk, const Path& folder) const {
  if (const auto present = disk.status(folder)) {
    if (present->kind != FileKind::directory) return fail(ErrorCode::refused, fmt::format("`{}` is there already", folder.string()), "choose another name or folder");
    MOPS_ASSIGN(const auto entries, disk.list(folder));
    if (!entries.empty())
      return fail(ErrorCode::refused, fmt::format("`{}` is there already and holds `{}`{}", folder.string(), entries.front().name, entries.size() > 1 ? " and more" : ""),
                  "choose another name, or remove it first");
  }
  const Path unfinished = folder.parent_path() / fmt::format(".{}.unfinished", folder.filename().string());
  MOPS_TRY(disk.remove(unfinished));
  for (const PlannedFile& file : files) {
    const Path path = unfinished / file.path;
    auto written = disk.make_directories(path.parent_path());
    if (written) written = disk.write(path, file.content, file.mode);
    if (!written) {
      (void)disk.remove(unfinished);
      return written;
    }
  }
  // rename replaces an empty folder.
  auto renamed = disk.rename(unfinished, folder);
  if (!renamed) (void)disk.remove(unfinished);
  return renamed;
}

}  // namespace mops::scaffold
