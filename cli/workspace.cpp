#include "cli/workspace.h"

#include "repository/discovery.h"
#include "repository/payload_source.h"

namespace mops::cli {
namespace {

Error no_manifest(const std::string& where) {
  return {.code = ErrorCode::not_found,
          .message = fmt::format("there is no `mops.yaml` in {}", where),
          .help = "go into a model's folder, or make one with `mops new NAME --language python --task binary-classification`"};
}

}  // namespace

Path folder_of(const Env& env, const std::string& directory) { return directory.empty() ? env.folder : (env.folder / directory).lexically_normal(); }

Result<Workspace> Workspace::open(Env& env, const std::string& directory) {
  Workspace workspace;
  workspace.env_ = &env;
  workspace.folder_ = folder_of(env, directory);
  MOPS_ASSIGN(workspace.repository_, repository::open_repository(workspace.folder_, env.variables));
  workspace.folder_in_repository_ = workspace.repository_->place().folder;
  return workspace;
}

std::optional<Workspace> Workspace::reopen(Workspace&& opened, Env& env, const std::string& directory) {
  const Path folder = folder_of(env, directory);
  std::error_code none;
  const Path absolute = std::filesystem::canonical(folder, none);
  const repository::Place& known = opened.repository_->place();
  if (none || repository::folder_with_git(absolute) != known.root) return std::nullopt;
  const auto place = repository::place_of(absolute, known.root, known.git_folder);
  if (!place) return std::nullopt;
  Workspace workspace = std::move(opened);
  workspace.folder_ = folder;
  workspace.folder_in_repository_ = place->folder;
  return workspace;
}

Result<std::optional<std::string>> Workspace::read_at(const repository::ObjectId& commit, const std::string& path) {
  MOPS_ASSIGN(const auto files, repository_->tree_files(commit, folder_in_repository()));
  const auto found = std::find_if(files.begin(), files.end(), [&](const auto& file) { return file.path == path; });
  if (found == files.end()) return std::optional<std::string>();
  MOPS_ASSIGN(std::string text, repository_->read_blob(found->blob));
  return std::optional(std::move(text));
}

Result<std::optional<std::string>> Workspace::read_at_head(const std::string& path) {
  MOPS_ASSIGN(const repository::ObjectId commit, head());
  return read_at(commit, path);
}

namespace {

Result<model::Payload> with_manifest(std::vector<model::PayloadFile> files, const std::string& where) {
  model::Payload payload = model::make_payload(std::move(files));
  const bool has_manifest = std::any_of(payload.files.begin(), payload.files.end(), [](const auto& file) { return file.path == "mops.yaml"; });
  if (!has_manifest) return fail(no_manifest(where));
  return payload;
}

Result<model::Manifest> parse_manifest(std::string text) { return model::read_manifest(document::parse_yaml({.path = "mops.yaml", .text = std::move(text)})); }

}  // namespace

Result<model::Payload> Workspace::payload_at(const repository::ObjectId& commit) {
  MOPS_ASSIGN(auto files, repository::payload_files(*repository_, commit, folder_in_repository()));
  return with_manifest(std::move(files), fmt::format("commit {} of this folder", commit.hex.substr(0, 12)));
}

Result<model::Payload> Workspace::payload(Side side) {
  if (side == Side::commit) {
    MOPS_ASSIGN(const repository::ObjectId commit, head());
    return payload_at(commit);
  }
  MOPS_ASSIGN(auto files, repository::work_tree_payload_files(*repository_, folder_in_repository(), env_->files));
  return with_manifest(std::move(files), fmt::format("`{}`", folder_.string()));
}

Result<model::Manifest> Workspace::manifest_at(const repository::ObjectId& commit) {
  MOPS_ASSIGN(auto text, read_at(commit, "mops.yaml"));
  if (!text) return fail(no_manifest(fmt::format("commit {} of this folder", commit.hex.substr(0, 12))));
  return parse_manifest(std::move(*text));
}

Result<model::Manifest> Workspace::manifest(Side side) {
  if (side == Side::commit) {
    MOPS_ASSIGN(const repository::ObjectId commit, head());
    return manifest_at(commit);
  }
  auto text = env_->files.read(folder_ / "mops.yaml");
  if (text) return parse_manifest(std::move(*text));
  return fail(text.error().code == ErrorCode::not_found ? no_manifest(fmt::format("`{}`", folder_.string())) : text.error());
}

}  // namespace mops::cli
