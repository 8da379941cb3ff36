#include "repository/tag_files.h"

#include "base/real_file_system.h"
#include "base/text.h"

#include <algorithm>
#include <dirent.h>
#include <memory>

namespace mops::repository {
namespace {

constexpr std::string_view k_folder = "refs/tags/";

struct CloseFolder {
  void operator()(DIR* folder) const { ::closedir(folder); }
};

/// Empty when it is not there.
std::string read_file(const Path& path) { return RealFileSystem().read(path).value_or(std::string()); }

/// Calls `visit(id, name)` for each line of packed-refs about a tag whose name begins with `prefix`.
template <typename Visit>
void for_each_packed(const std::string& text, std::string_view prefix, Visit visit) {
  const std::string wanted = " " + std::string(k_folder) + std::string(prefix);
  for (size_t at = text.find(wanted); at != std::string::npos; at = text.find(wanted, at + 1)) {
    const size_t line = text.rfind('\n', at) + 1;  // 0 where there is none
    const std::string_view id = std::string_view(text).substr(line, at - line);
    const size_t begin = at + 1 + k_folder.size();
    visit(id, std::string_view(text).substr(begin, text.find('\n', at) - begin));
  }
}

/// Loose tags below `folder`, which is called `way` (ending in `/`, or empty); only where the prefix leads.
void add_loose(const Path& folder, const std::string& way, std::string_view prefix, std::vector<std::string>& names) {
  const std::unique_ptr<DIR, CloseFolder> open(::opendir(folder.c_str()));
  if (!open) return;
  while (const dirent* entry = ::readdir(open.get())) {
    const std::string_view name = entry->d_name;
    if (name == "." || name == ".." || name.ends_with(".lock")) continue;
    const size_t common = std::min(prefix.size(), way.size() + name.size());
    const std::string path = way + std::string(name);
    if (std::string_view(path).substr(0, common) != prefix.substr(0, common)) continue;
    std::error_code none;
    const bool is_folder = entry->d_type == DT_DIR || (entry->d_type == DT_UNKNOWN && std::filesystem::is_directory(folder / name, none));
    if (is_folder) add_loose(folder / name, path + "/", prefix, names);
    else if (path.size() >= prefix.size()) names.push_back(path);
  }
}

bool is_id(std::string_view text) {
  constexpr size_t k_sha1 = 40;
  return text.size() == k_sha1 && std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

}  // namespace

std::vector<std::string> tag_names_in(const Path& git_folder, std::string_view prefix) {
  std::vector<std::string> names;
  for_each_packed(read_file(git_folder / "packed-refs"), prefix, [&](std::string_view, std::string_view name) { names.emplace_back(name); });
  add_loose(git_folder / "refs" / "tags", "", prefix, names);
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

std::optional<std::string> tag_id_in(const Path& git_folder, std::string_view name) {
  const std::string loose = read_file(git_folder / "refs" / "tags" / name);
  if (const std::string_view id = trim(loose); !id.empty()) return is_id(id) ? std::optional(std::string(id)) : std::nullopt;
  std::optional<std::string> found;
  for_each_packed(read_file(git_folder / "packed-refs"), name, [&](std::string_view id, std::string_view candidate) {
    if (candidate == name && is_id(id)) found = id;
  });
  return found;
}

}  // namespace mops::repository
