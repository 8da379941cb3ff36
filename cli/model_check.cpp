#include "cli/model_check.h"

#include <algorithm>

namespace mops::cli {
namespace {

bool has_manifest(ModelView& view) { return std::binary_search(view.paths().begin(), view.paths().end(), "mops.yaml"); }

/// As far as it can be read: what is wrong with it is for the check to say.
document::Document manifest_of(ModelView& view, const std::string& prefix) {
  return document::parse_yaml({.path = prefix + "mops.yaml", .text = has_manifest(view) ? view.read("mops.yaml").value_or("") : ""});
}

std::string owner_of(const document::Document& manifest) {
  const document::Node* owner = manifest.root() == nullptr ? nullptr : manifest.root()->find("owner");
  const document::Node* team = owner == nullptr ? nullptr : owner->find("team");
  return team != nullptr && team->kind == document::NodeKind::string ? std::string(team->text) : std::string();
}

void remember_text(ModelView& view, ModelFindings& model, const Location& location) {
  if (!location.span || model.texts.contains(location.path)) return;
  if (auto text = view.read(model.path_in_model(location.path))) model.texts.add(location.path, std::move(*text));
}

void remember_texts(ModelView& view, ModelFindings& model) {
  for (const Diagnostic& finding : model.findings) {
    remember_text(view, model, finding.location);
    for (const Label& label : finding.labels) remember_text(view, model, label.location);
  }
  for (const Diagnostic& finding : model.findings)
    if (finding.rule == "secret/found" && finding.location.span) model.texts.hide(finding.location.path, *finding.location.span);
}

}  // namespace

ModelCheck::ModelCheck(Env& env, Policies& policies, ModelCheckOptions options)
    : env_(env),
      policies_(policies),
      options_(std::move(options)),
      workspaces_(env, options_.revision ? WorkspacePool::Reads::commits : WorkspacePool::Reads::work_tree) {}

Result<std::optional<CheckedModel>> ModelCheck::run(const ModelFolder& folder) {
  std::optional<CheckedModel> model;
  const auto look = [&]() -> Result<std::span<const Diagnostic>> {
    MOPS_ASSIGN(model, look_at(folder));
    return model ? std::span<const Diagnostic>(model->found.findings) : std::span<const Diagnostic>();
  };
  MOPS_ASSIGN(FixReport fixed, fix_and_look(env_, options_.fix, look));
  if (model) model->fixed = std::move(fixed);
  return model;
}

Result<std::optional<CheckedModel>> ModelCheck::look_at(const ModelFolder& folder) {
  if (folder.error) return fail(*folder.error);
  const std::string& directory = folder.directory;
  MOPS_ASSIGN(WorkspacePool::Lease lease, workspaces_.take(directory));
  Workspace& workspace = lease.workspace;
  auto opened = open_view(workspace);
  if (!opened && !folder.was_named && opened.error().code == ErrorCode::not_found) return std::optional<CheckedModel>();
  if (!opened) return fail(std::move(opened).error());
  ModelView& view = *opened;
  if (!folder.was_named && !has_manifest(view)) return std::optional<CheckedModel>();
  const std::string& in_repository = workspace.folder_in_repository();
  ModelFindings found{.folder = directory.empty() ? "." : directory,
                      .prefix = directory.empty() || directory == "." ? std::string() : directory + (directory.ends_with('/') ? "" : "/"),
                      .repository_prefix = in_repository.empty() ? std::string() : in_repository + "/"};
  const document::Document manifest = manifest_of(view, found.prefix);
  const model::Level level = level_of(manifest);
  MOPS_ASSIGN(const PolicyChoice choice, policies_.choose(manifest, workspace.folder()));
  const auto scope = in_repository.empty() ? scaffold::PartScope::repository : scaffold::PartScope::model;
  MOPS_ASSIGN(found.findings,
              policy::check(view, *choice.policy, {.level = level, .now = options_.now, .path_prefix = found.prefix, .scope = scope, .about_policy = choice.about}));
  remember_texts(view, found);
  workspaces_.give_back(std::move(lease));
  return std::optional(CheckedModel{.owner = owner_of(manifest), .level = level, .found = std::move(found), .fixed = {}});
}

Result<ModelView> ModelCheck::open_view(Workspace& workspace) {
  if (!options_.revision) return ModelView::of_work_tree(env_, workspace);
  MOPS_ASSIGN(const repository::ObjectId commit, workspace.repository().resolve(*options_.revision));
  return ModelView::of_commit(workspace, commit);
}

model::Level ModelCheck::level_of(const document::Document& manifest) const {
  if (options_.level) return *options_.level;
  const document::Node* level = manifest.root() == nullptr ? nullptr : manifest.root()->find("level");
  return level != nullptr && level->text == "production" ? model::Level::production : model::Level::prototype;
}

}  // namespace mops::cli
