#include "scaffold/write_plan.h"

#include "base/text.h"

#include <fmt/format.h>
#include <algorithm>

namespace mops::scaffold {
namespace {

Path beside(const Path& folder) {
  const Path clean = folder.has_filename() ? folder : folder.parent_path();
  return clean.parent_path() / fmt::format(".{}.mops-new", clean.filename().string());
}

Result<void> write_files(FileSystem& files, const WritePlan& plan, const Path& into) {
  MOPS_TRY(files.make_directories(into));
  for (const PlannedFile& file : plan.files) {
    const Path path = into / file.path;
    MOPS_TRY(files.make_directories(path.parent_path()));
    MOPS_TRY(files.write(path, file.content, file.mode));
  }
  return {};
}

}  // namespace

std::string WritePlan::describe() const {
  std::string out;
  for (const PlannedFile& file : files) out += fmt::format("{:04o} {:>7} {}\n", file.mode, file.content.size(), file.path);
  return out;
}

Result<void> check_target(FileSystem& files, const Path& folder) {
  if (!exists(files, folder)) return {};
  MOPS_ASSIGN(const FileStatus status, files.status(folder));
  constexpr std::string_view k_help = "choose another folder, or remove it";
  if (status.kind != FileKind::directory)
    return fail(ErrorCode::refused, fmt::format("`{}` exists and is no folder", folder.string()), std::string(k_help));
  MOPS_ASSIGN(const auto entries, files.list(folder));
  if (entries.empty()) return {};
  constexpr size_t k_most_shown = 3;
  std::vector<std::string> shown;
  for (const DirectoryEntry& entry : entries) {
    if (shown.size() == k_most_shown) break;
    shown.push_back(entry.name);
  }
  const size_t others = entries.size() - shown.size();
  std::string list = quoted_list(shown, others == 0 ? "and" : ",");
  if (others > 0) list = fmt::format("{} and {} more", replace_all(list, " , ", ", "), others);
  return fail(ErrorCode::refused, fmt::format("the folder `{}` is not empty: it has {}", folder.string(), list), std::string(k_help));
}

Result<void> apply(FileSystem& files, const WritePlan& plan) {
  MOPS_TRY(check_target(files, plan.folder));
  const Path temporary = beside(plan.folder);
  MOPS_TRY(files.remove(temporary));
  if (auto written = write_files(files, plan, temporary); !written) {
    // What stopped us matters more than a leftover, which the next run removes.
    (void)files.remove(temporary);
    return fail(std::move(written).error().in_context(fmt::format("cannot make `{}`", plan.folder.string())));
  }
  // An empty folder is in the way of the rename on some file systems.
  if (exists(files, plan.folder)) MOPS_TRY(files.remove(plan.folder));
  return files.rename(temporary, plan.folder);
}

}  // namespace mops::scaffold
