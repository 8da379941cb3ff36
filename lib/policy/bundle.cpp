#include "policy/bundle.h"

#include "base/text.h"

#include <fmt/format.h>
#include <algorithm>
#include <set>

namespace mops::policy {
namespace {

constexpr uint64_t k_largest = 64ULL << 20;
constexpr std::string_view k_environments = "environments/";
constexpr std::string_view k_templates = "templates/";

bool by_path(const EmbeddedFile& a, const EmbeddedFile& b) { return a.path < b.path; }

std::string_view first_part(std::string_view path) { return path.substr(0, path.find('/')); }

/// Paths of the regular files below `folder`, relative to it.
Result<void> list_below(FileSystem& files, const Path& folder, const std::string& prefix, std::vector<std::string>& paths) {
  MOPS_ASSIGN(const auto entries, files.list(folder));
  for (const DirectoryEntry& entry : entries) {
    // The policy's own at its root; below, `.gitignore` and the like are parts of templates.
    if (entry.name == ".git" || (prefix.empty() && entry.name.starts_with(".git"))) continue;
    const std::string path = prefix + entry.name;
    if (entry.kind == FileKind::directory) {
      MOPS_TRY(list_below(files, folder / entry.name, path + "/", paths));
    } else if (entry.kind == FileKind::file) {
      paths.push_back(path);
    } else {
      return fail(ErrorCode::invalid, fmt::format("`{}` in the policy is no regular file", path), "copy what it points to into the policy, or remove it");
    }
  }
  return {};
}

}  // namespace

Bundle Bundle::built_in(std::span<const EmbeddedFile> schemas, std::span<const EmbeddedFile> templates) {
  Bundle bundle;
  bundle.schemas_.assign(schemas.begin(), schemas.end());
  bundle.templates_.assign(templates.begin(), templates.end());
  return bundle;
}

Result<Bundle> Bundle::read(FileSystem& files, const Path& folder, const Bundle& built_in, std::string origin) {
  if (!files.status(folder / "policy.yaml"))
    return fail(ErrorCode::not_found, fmt::format("there is no `policy.yaml` in `{}`", origin), "`mops policy export DIR` writes a policy to begin with");
  std::vector<std::string> paths;
  MOPS_TRY(list_below(files, folder, "", paths));
  std::sort(paths.begin(), paths.end());
  Bundle bundle;
  bundle.origin_ = std::move(origin);
  bundle.schemas_ = built_in.schemas_;
  uint64_t size = 0;
  for (std::string& path : paths) {
    MOPS_ASSIGN(std::string text, files.read(folder / path));
    size += text.size();
    if (size > k_largest) return fail(ErrorCode::invalid, fmt::format("the policy `{}` has more than 64 MiB", bundle.origin_), "a policy is schemas, environments and templates");
    const std::string& kept_path = *bundle.texts_.emplace_back(std::make_unique<std::string>(std::move(path)));
    const std::string& kept_text = *bundle.texts_.emplace_back(std::make_unique<std::string>(std::move(text)));
    bundle.own_.push_back({.path = kept_path, .content = kept_text});
  }
  bundle.overlay_templates(built_in);
  bundle.digest_ = bundle.digest();
  return bundle;
}

void Bundle::overlay_templates(const Bundle& built_in) {
  std::set<std::string_view> replaced;  // first parts of templates_: `environments`, or a language
  for (const EmbeddedFile& file : own_) {
    if (file.path.starts_with(k_environments)) {
      replaced.insert(first_part(file.path));
      templates_.push_back(file);
    } else if (file.path.starts_with(k_templates)) {
      const std::string_view below = file.path.substr(k_templates.size());
      replaced.insert(first_part(below));
      templates_.push_back({.path = below, .content = file.content});
    }
  }
  for (const EmbeddedFile& file : built_in.templates_)
    if (!replaced.contains(first_part(file.path))) templates_.push_back(file);
  std::sort(templates_.begin(), templates_.end(), by_path);
}

Digest Bundle::digest() const {
  if (digest_) return *digest_;
  Sha256 lines;
  const auto add = [&](std::string_view folder, std::span<const EmbeddedFile> files) {
    for (const EmbeddedFile& file : files) lines.update(fmt::format("{}  {}{}\n", sha256(file.content).hex(), folder, file.path));
  };
  if (is_built_in()) {
    add("schemas/", schemas_);
    add(k_templates, templates_);
  } else {
    add("", own_);
  }
  return lines.finish();
}

const EmbeddedFile* Bundle::find(std::string_view path) const {
  const auto found = std::lower_bound(own_.begin(), own_.end(), path, [](const EmbeddedFile& file, std::string_view key) { return file.path < key; });
  return found != own_.end() && found->path == path ? &*found : nullptr;
}

}  // namespace mops::policy
