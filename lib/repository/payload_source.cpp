#include "repository/payload_source.h"

#include "document/document.h"

#include <algorithm>
#include <fmt/format.h>
#include <functional>

namespace mops::repository {
namespace {

constexpr std::string_view k_manifest = "mops.yaml";

tl::unexpected<Error> invalid(std::string message, std::string help) { return fail(ErrorCode::invalid, std::move(message), std::move(help)); }

tl::unexpected<Error> submodule(std::string_view path) {
  return invalid(fmt::format("`{}` is a git submodule: its files are not in this repository", path), "put the files themselves into the repository");
}

/// A path that stays below the folder it is joined to, whoever wrote it, and is not git's own.
Result<void> check_path(std::string_view path) {
  const auto is_git = [](std::string_view part) {
    return part.size() == 4 && part[0] == '.' && (part[1] | 32) == 'g' && (part[2] | 32) == 'i' && (part[3] | 32) == 't';
  };
  std::string_view rest = path;
  while (true) {
    const size_t end = rest.find('/');
    const std::string_view part = rest.substr(0, end);
    if (part.empty() || part == "." || part == ".." || is_git(part) || part.find('\0') != std::string_view::npos)
      return invalid(fmt::format("the path `{}` leads out of the model's folder, or is git's own", path), "name files below the folder that holds `mops.yaml`");
    if (end == std::string_view::npos) return {};
    rest.remove_prefix(end + 1);
  }
}

struct Found {
  enum class Kind { nothing, file, link } kind = Kind::nothing;
  std::string link_text = {};
};
using Look = std::function<Result<Found>(const std::string& path)>;

/// The path of the file that the link at `path` leads to, both relative to the model's folder.
Result<std::string> follow_link(const std::string& path, const Look& look) {
  constexpr int k_most_links = 16;
  std::string at = path;
  for (int i = 0; i < k_most_links; ++i) {
    MOPS_ASSIGN(const Found found, look(at));
    if (found.kind == Found::Kind::file) return at;
    if (found.kind == Found::Kind::nothing) break;
    const Path target(found.link_text);
    at = (Path(at).parent_path() / target).lexically_normal().generic_string();
    if (target.is_absolute() || at == ".." || at.starts_with("../"))
      return invalid(fmt::format("the symbolic link `{}` leads out of the model's folder, to `{}`", path, found.link_text),
                     "put a copy of the file into the folder");
  }
  return invalid(fmt::format("the symbolic link `{}` does not lead to a file of the model's folder", path),
                 "put the file there; a link to a folder is not possible");
}

/// A payload file of a commit. `target` is where its content stands: another path than `path` when that is a link.
struct Entry {
  std::string path;
  std::string target;
  ObjectId blob;
  bool executable = false;
};

Result<std::vector<Entry>> payload_entries(Repository& repository, const ObjectId& commit, std::string_view folder) {
  MOPS_ASSIGN(const std::vector<TreeFile> tree, repository.tree_files(commit, folder));
  const auto find = [&](const std::string& path) -> const TreeFile* {
    const auto at = std::lower_bound(tree.begin(), tree.end(), path, [](const TreeFile& file, const std::string& wanted) { return file.path < wanted; });
    return at != tree.end() && at->path == path ? &*at : nullptr;
  };
  const Look look = [&](const std::string& path) -> Result<Found> {
    const TreeFile* file = find(path);
    if (file == nullptr || file->mode == FileMode::submodule) return Found{};
    if (file->mode != FileMode::symlink) return Found{.kind = Found::Kind::file};
    MOPS_ASSIGN(std::string text, repository.read_blob(file->blob));
    return Found{.kind = Found::Kind::link, .link_text = std::move(text)};
  };
  std::vector<Entry> entries;
  for (const TreeFile& file : tree) {
    if (!model::is_payload_path(file.path)) continue;
    MOPS_TRY(check_path(file.path));
    if (file.mode == FileMode::submodule) return submodule(file.path);
    const TreeFile* counts = &file;
    if (file.mode == FileMode::symlink) {
      MOPS_ASSIGN(const std::string target, follow_link(file.path, look));
      counts = find(target);
    }
    entries.push_back({.path = file.path, .target = counts->path, .blob = counts->blob, .executable = counts->mode == FileMode::executable});
  }
  return entries;
}

Result<void> read_entries(Repository& repository, std::span<const Entry> entries,
                          const std::function<Result<void>(const Entry&, std::string_view)>& visit) {
  std::vector<ObjectId> ids;
  ids.reserve(entries.size());
  for (const Entry& entry : entries) ids.push_back(entry.blob);
  return repository.read_blobs(ids, [&](size_t index, std::string_view bytes) { return visit(entries[index], bytes); });
}

/// The content that an LFS pointer names, from git-lfs's store or from the work tree.
Result<std::string> lfs_content(const Place& place, std::string_view folder, const Entry& entry, const model::LfsPointer& pointer, FileSystem& files) {
  const std::string hex = pointer.sha256.hex();
  for (const Path& candidate : {place.git_folder / "lfs" / "objects" / hex.substr(0, 2) / hex.substr(2, 2) / hex, place.root / folder / entry.target}) {
    const Result<FileStatus> status = files.status(candidate);
    if (!status || status->kind != FileKind::file || status->size != pointer.size) continue;
    MOPS_ASSIGN(std::string content, files.read(candidate));
    if (sha256(content) == pointer.sha256) return content;
  }
  return fail(ErrorCode::refused, fmt::format("the content of `{}` is not on this machine: git has only its Git LFS pointer", entry.path), "type `git lfs pull`");
}

Result<void> write_below(FileSystem& files, const Path& destination, const std::string& path, std::string_view content, bool executable) {
  const Path to = destination / path;
  MOPS_TRY(files.make_directories(to.parent_path()));
  return files.write(to, content, executable ? 0755 : 0644);
}

Result<Found> look_on_disk(FileSystem& files, const Path& folder, const Path& path) {
  Path above;
  for (const Path& part : path.parent_path()) {
    above /= part;
    const Result<FileStatus> status = files.status(folder / above);
    if (!status || status->kind != FileKind::directory) return Found{};
  }
  const Result<FileStatus> status = files.status(folder / path);
  if (!status) return Found{};
  if (status->kind == FileKind::file) return Found{.kind = Found::Kind::file};
  if (status->kind != FileKind::symlink) return Found{};
  MOPS_ASSIGN(std::string text, files.read_link(folder / path));
  return Found{.kind = Found::Kind::link, .link_text = std::move(text)};
}

}  // namespace

Result<std::vector<model::PayloadFile>> payload_files(Repository& repository, const ObjectId& commit, std::string_view folder) {
  MOPS_ASSIGN(const std::vector<Entry> entries, payload_entries(repository, commit, folder));
  std::vector<model::PayloadFile> files;
  files.reserve(entries.size());
  MOPS_TRY(read_entries(repository, entries, [&](const Entry& entry, std::string_view content) -> Result<void> {
    MOPS_ASSIGN(model::PayloadFile file, model::payload_file(entry.path, content, entry.executable));
    files.push_back(std::move(file));
    return {};
  }));
  return files;
}

Result<std::vector<model::PayloadFile>> work_tree_payload_files(FileSystem& files, const Path& folder, std::span<const std::string> paths) {
  std::vector<model::PayloadFile> result;
  for (const std::string& path : paths) {
    if (!model::is_payload_path(path)) continue;
    MOPS_TRY(check_path(path));
    MOPS_ASSIGN(const std::string target, follow_link(path, [&](const std::string& at) { return look_on_disk(files, folder, at); }));
    MOPS_ASSIGN(const FileStatus status, files.status(folder / target));
    MOPS_ASSIGN(const std::string content, files.read(folder / target));
    MOPS_ASSIGN(model::PayloadFile file, model::payload_file(path, content, status.executable));
    result.push_back(std::move(file));
  }
  std::sort(result.begin(), result.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
  return result;
}

Result<std::vector<model::PayloadFile>> work_tree_payload_files(Repository& repository, std::string_view folder, FileSystem& files) {
  const Path on_disk = repository.place().root / folder;
  MOPS_ASSIGN(const std::vector<std::string> paths, repository.work_tree_files(folder));
  MOPS_ASSIGN(std::vector<model::PayloadFile> result, work_tree_payload_files(files, on_disk, paths));
  MOPS_ASSIGN(const Head head, repository.head());
  const auto tree = head.commit ? repository.tree_files(*head.commit, folder) : Result<std::vector<TreeFile>>();
  // Nothing is committed, or a folder that HEAD does not have: the disk is all there is.
  if (!tree) return result;
  std::vector<TreeFile> absent;
  for (const TreeFile& file : *tree) {
    if (!model::is_payload_path(file.path) || std::binary_search(paths.begin(), paths.end(), file.path)) continue;
    if (file.mode != FileMode::submodule) absent.push_back(file);
    else if (const auto status = files.status(on_disk / file.path); status && status->kind == FileKind::directory) return submodule(file.path);
  }
  if (absent.empty()) return result;
  MOPS_ASSIGN(const WorkTreeStatus status, repository.work_tree_status(folder));
  MOPS_ASSIGN(const std::vector<model::PayloadFile> committed, payload_files(repository, *head.commit, folder));
  for (const model::PayloadFile& file : committed) {
    const bool is_absent = std::any_of(absent.begin(), absent.end(), [&](const TreeFile& at) { return at.path == file.path; });
    if (is_absent && !std::binary_search(status.changed.begin(), status.changed.end(), file.path)) result.push_back(file);
  }
  std::sort(result.begin(), result.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
  return result;
}

Result<void> extract_payload(Repository& repository, const ObjectId& commit, std::string_view folder, const Path& destination, FileSystem& files) {
  MOPS_ASSIGN(const std::vector<Entry> entries, payload_entries(repository, commit, folder));
  if (const auto present = files.status(destination)) {
    const Result<std::vector<DirectoryEntry>> inside = files.list(destination);
    if (present->kind != FileKind::directory || (inside && !inside->empty()))
      return fail(ErrorCode::refused, fmt::format("`{}` is not empty", destination.string()), "name a folder that is not there yet");
  }
  MOPS_TRY(files.make_directories(destination));
  return read_entries(repository, entries, [&](const Entry& entry, std::string_view content) -> Result<void> {
    if (const auto pointer = model::parse_lfs_pointer(content)) {
      MOPS_ASSIGN(const std::string pulled, lfs_content(repository.place(), folder, entry, *pointer, files));
      return write_below(files, destination, entry.path, pulled, entry.executable);
    }
    return write_below(files, destination, entry.path, content, entry.executable);
  });
}

Result<void> fetch_artifacts(const model::Lock& lock, const Path& work_tree_folder, const Path& destination, FileSystem& files) {
  for (const model::Artifact& artifact : lock.artifacts) {
    MOPS_TRY(check_path(artifact.path));
    const bool is_extracted = exists(files, destination / artifact.path);
    const Path from = (is_extracted ? destination : work_tree_folder) / artifact.path;
    const Result<FileStatus> status = files.status(from);
    if (!status)
      return fail(ErrorCode::not_found, fmt::format("the artifact `{}` of `mops.lock` is neither in git nor at `{}`", artifact.path, from.string()),
                  "make it again (`mops run train`), or fetch it to that place");
    MOPS_ASSIGN(const std::string content, files.read(from));
    const Digest found = sha256(content);
    if (found != artifact.sha256 || content.size() != artifact.size) {
      const std::string help = model::parse_lfs_pointer(content) ? "type `git lfs pull`: it is a Git LFS pointer"
                                                                 : "fetch the locked file, or lock this one and commit `mops.lock`";
      return fail(ErrorCode::refused,
                  fmt::format("the artifact `{}` has {} bytes with sha256 {}, but `mops.lock` names {} bytes with sha256 {}", artifact.path,
                              content.size(), found.hex(), artifact.size, artifact.sha256.hex()),
                  help);
    }
    if (!is_extracted) MOPS_TRY(write_below(files, destination, artifact.path, content, status->executable));
  }
  return {};
}

}  // namespace mops::repository
