#include "cli/model_choice.h"

#include "cli/workspace.h"

#include <algorithm>
#include <set>

namespace mops::cli {
namespace {

constexpr const char* k_manifest = "mops.yaml";

/// What is left when only the manifest of a model was deleted.
bool has_other_files_of_a_model(FileSystem& files, const Path& folder) {
  return exists(files, folder / "mops.lock") || exists(files, folder / "model-card.md") || exists(files, folder / "release-notes");
}

/// The nearest folder above `file` with a manifest, within its repository.
std::optional<Path> model_around(FileSystem& files, const Path& file) {
  if (file.filename() == k_manifest && !exists(files, file) && has_other_files_of_a_model(files, file.parent_path())) return file.parent_path();
  for (Path folder = file.parent_path();; folder = folder.parent_path()) {
    if (exists(files, folder / k_manifest)) return folder;
    if (exists(files, folder / ".git") || folder == folder.parent_path()) return std::nullopt;
  }
}

std::string as_typed(const Path& folder, const Path& from) {
  const std::string relative = folder.lexically_relative(from).generic_string();
  return relative.empty() ? "." : relative;
}

Result<bool> was_deleted(Env& env, const Path& file) {
  Path folder = file.parent_path();
  while (!exists(env.files, folder)) folder = folder.parent_path();
  MOPS_ASSIGN(Workspace workspace, Workspace::open(env, folder.string()));
  const auto text = workspace.read_at_head(file.lexically_relative(folder).generic_string());
  return text && *text;
}

/// Adds the paths of files that one commit has otherwise than the other, or not at all.
Result<void> add_differences(repository::Repository& repository, const repository::ObjectId& from, const repository::ObjectId& to, std::set<std::string>& paths) {
  MOPS_ASSIGN(const auto before, repository.tree_files(from, ""));
  MOPS_ASSIGN(const auto after, repository.tree_files(to, ""));
  const auto order = [](const repository::TreeFile& a, const repository::TreeFile& b) { return std::tie(a.path, a.blob, a.mode) < std::tie(b.path, b.blob, b.mode); };
  std::vector<repository::TreeFile> differing;
  std::set_symmetric_difference(before.begin(), before.end(), after.begin(), after.end(), std::back_inserter(differing), order);
  for (repository::TreeFile& file : differing) paths.insert(std::move(file.path));
  return {};
}

}  // namespace

Result<std::vector<std::string>> folders_of_words(Env& env, std::span<const std::string> words) {
  std::vector<std::string> folders;
  std::set<Path> seen;
  const auto add = [&](const Path& folder, const std::string& shown) {
    const Path plain = folder.has_filename() ? folder : folder.parent_path();
    if (seen.insert(plain).second) folders.push_back(shown);
  };
  for (const std::string& word : words) {
    const Path path = (env.folder / word).lexically_normal();
    // With a slash at its end, so that a link to a folder is one.
    if (env.files.status(path / "")) {
      add(path, word);
      continue;
    }
    if (!exists(env.files, path)) {
      MOPS_ASSIGN(const bool is_deleted, was_deleted(env, path));
      if (!is_deleted)
        return fail(ErrorCode::not_found, fmt::format("there is no file or folder `{}`", word), "name the folder of a model, or files of models");
    }
    if (const auto model = model_around(env.files, path)) add(*model, Path(word).is_absolute() ? model->string() : as_typed(*model, env.folder));
  }
  return folders;
}

Result<std::vector<std::string>> changed_models(Env& env) {
  MOPS_ASSIGN(Workspace workspace, Workspace::open(env));
  repository::Repository& repository = workspace.repository();
  MOPS_ASSIGN(const repository::Head head, repository.head());
  std::set<std::string> paths;
  if (head.commit) {
    MOPS_ASSIGN(repository::WorkTreeStatus status, repository.work_tree_status(""));
    paths.insert(status.changed.begin(), status.changed.end());
    paths.insert(status.untracked.begin(), status.untracked.end());
  } else {
    MOPS_ASSIGN(const auto files, repository.work_tree_files(""));
    paths.insert(files.begin(), files.end());
  }
  if (const auto from = env.variables.get("PRE_COMMIT_FROM_REF"); from && head.commit) {
    MOPS_ASSIGN(const repository::ObjectId commit, repository.resolve(*from));
    MOPS_TRY(add_differences(repository, commit, *head.commit, paths));
  }
  const Path& root = repository.place().root;
  const Path here = root / workspace.folder_in_repository();
  std::vector<std::string> folders;
  for (const std::string& path : paths) {
    const auto model = model_around(env.files, root / path);
    if (!model) continue;
    std::string shown = as_typed(*model, here.has_filename() ? here : root);
    if (std::find(folders.begin(), folders.end(), shown) == folders.end()) folders.push_back(std::move(shown));
  }
  return folders;
}

}  // namespace mops::cli
