#include "cli/workspace.h"

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
  return workspace;
}

Result<std::optional<std::string>> Workspace::read_at_head(const std::string& path) {
  MOPS_ASSIGN(const repository::ObjectId commit, head());
  MOPS_ASSIGN(const auto files, repository_->tree_files(commit, folder_in_repository()));
  const auto found = std::find_if(files.begin(), files.end(), [&](const auto& file) { return file.path == path; });
  if (found == files.end()) return std::optional<std::string>();
  MOPS_ASSIGN(std::string text, repository_->read_blob(found->blob));
  return std::optional(std::move(text));
}

Result<model::Payload> Workspace::payload(Side side) {
  std::vector<model::PayloadFile> files;
  if (side == Side::commit) {
    MOPS_ASSIGN(const repository::ObjectId commit, head());
    MOPS_ASSIGN(files, repository::payload_files(*repository_, commit, folder_in_repository()));
  } else {
    MOPS_ASSIGN(const auto paths, repository_->work_tree_files(folder_in_repository()));
    MOPS_ASSIGN(files, repository::work_tree_payload_files(env_->files, folder_, paths));
  }
  model::Payload payload = model::make_payload(std::move(files));
  const bool has_manifest = std::any_of(payload.files.begin(), payload.files.end(), [](const auto& file) { return file.path == "mops.yaml"; });
  if (!has_manifest) return fail(no_manifest(side == Side::commit ? "HEAD's tree of this folder" : fmt::format("`{}`", folder_.string())));
  return payload;
}

Result<model::Manifest> Workspace::manifest(Side side) {
  std::string text;
  if (side == Side::commit) {
    MOPS_ASSIGN(auto found, read_at_head("mops.yaml"));
    if (!found) return fail(no_manifest("HEAD's tree of this folder"));
    text = std::move(*found);
  } else {
    auto found = env_->files.read(folder_ / "mops.yaml");
    if (!found) return fail(found.error().code == ErrorCode::not_found ? no_manifest(fmt::format("`{}`", folder_.string())) : found.error());
    text = std::move(*found);
  }
  return model::read_manifest(document::parse_yaml({.path = "mops.yaml", .text = std::move(text)}));
}

}  // namespace mops::cli
