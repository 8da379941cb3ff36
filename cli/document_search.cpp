#include "cli/document_search.h"

#include <fmt/format.h>
#include <algorithm>

namespace mops::cli {
namespace {

constexpr std::string_view k_standard_input = "<stdin>";

bool is_document(std::string_view name) { return name.ends_with(".yaml") || name.ends_with(".yml") || name.ends_with(".json"); }

/// Links are followed where the user names them.
bool is_folder(FileSystem& files, const Path& path) {
  const auto status = files.status(path / "");
  return status && status->kind == FileKind::directory;
}

Result<void> add_folder(FileSystem& files, const Path& folder, const std::string& word, const std::stop_token& stop, std::vector<DocumentFile>& found) {
  const size_t before = found.size();
  // The last one that waits is the next one looked at.
  std::vector<DirectoryEntry> waiting = {{.name = word, .kind = FileKind::directory}};
  while (!waiting.empty()) {
    if (stop.stop_requested()) return fail(ErrorCode::interrupted, "interrupted while looking for documents");
    const DirectoryEntry at = std::move(waiting.back());
    waiting.pop_back();
    if (at.kind == FileKind::file) {
      found.push_back({.path = at.name});
      continue;
    }
    auto entries = files.list(folder / at.name);
    if (!entries) {
      found.push_back({.path = at.name, .error = std::move(entries).error()});
      continue;
    }
    for (auto entry = entries->rbegin(); entry != entries->rend(); ++entry) {
      const bool is_wanted = entry->kind == FileKind::directory || (entry->kind == FileKind::file && is_document(entry->name));
      if (is_wanted && !entry->name.starts_with('.'))
        waiting.push_back({.name = at.name + (at.name.ends_with('/') ? "" : "/") + entry->name, .kind = entry->kind});
    }
  }
  if (found.size() == before)
    return fail(ErrorCode::not_found, fmt::format("there are no `*.yaml`, `*.yml` or `*.json` files below `{}`", word), "name the documents themselves if they are called otherwise");
  return {};
}

}  // namespace

Path DocumentFile::location(const Path& folder) const { return path == k_standard_input ? Path("/dev/stdin") : folder / path; }

Result<std::vector<DocumentFile>> find_documents(FileSystem& files, const Path& folder, std::span<const std::string> words, std::stop_token stop) {
  std::vector<DocumentFile> found;
  for (const std::string& word : words) {
    if (word == "-") found.push_back({.path = std::string(k_standard_input)});
    else if (is_folder(files, folder / word)) MOPS_TRY(add_folder(files, folder, word, stop, found));
    else found.push_back({.path = word});
  }
  return found;
}

}  // namespace mops::cli
