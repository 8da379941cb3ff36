#include "policy/inspection.h"

#include "base/digest.h"
#include "base/text.h"
#include "model/payload.h"

#include <fmt/format.h>
#include <algorithm>
#include <map>

namespace mops::policy {
namespace {

using document::Document;
using document::Node;
using document::NodeKind;

struct Content {
  Digest sha256;
  uint64_t size = 0;
};

/// What a file is, or, for a pointer of Git LFS, the file that it names.
Content content_of(std::string_view bytes) {
  if (const auto pointer = model::parse_lfs_pointer(bytes)) return {.sha256 = pointer->sha256, .size = pointer->size};
  return {.sha256 = sha256(bytes), .size = bytes.size()};
}

const Node* text_node(const Node& map, std::string_view key) {
  const Node* value = map.find(key);
  return value != nullptr && value->kind == NodeKind::string ? value : nullptr;
}

std::string help_for_missing(Inspection& inspection, const std::string& path, std::string_view otherwise) {
  const std::string near = near_path(inspection, path);
  return near.empty() ? std::string(otherwise) : fmt::format("did you mean `{}`?", near);
}

}  // namespace

Result<void> inspect_environment(Inspection& inspection, const Document& manifest) {
  const Node* choice = manifest.root()->find("environment");
  const Node* name = choice == nullptr ? nullptr : text_node(*choice, "name");
  if (name == nullptr) return {};
  const OfficialEnvironment* environment = inspection.policy().find_environment(name->text);
  if (environment == nullptr) {
    const auto known = inspection.policy().environment_names();
    inspection.add("environment/unknown", manifest, *name, fmt::format("there is no official environment `{}`", name->text),
                   suggestion(name->text, known, fmt::format("choose {}", quoted_list(known, "or"))));
    return {};
  }
  if (environment->expires < inspection.options().now)
    inspection.add("environment/expired", manifest, *name,
                   fmt::format("the environment `{}` expired on {}", name->text, environment->expiry_date),
                   "move to an environment that is supported, and certify again");
  const Node* lock = text_node(*choice, "lock");
  if (lock == nullptr) {
    if (!environment->lock_files.empty() && !inspection.has_slip_of("lock", manifest, *choice))
      inspection.add("environment/no-lock", manifest, *name,
                     fmt::format("the environment `{}` needs a lock file, and `lock` is missing", name->text),
                     fmt::format("name {}", quoted_list(environment->lock_files, "or")));
    return {};
  }
  const std::string path(lock->text);
  const std::string file_name = path.substr(path.rfind('/') + 1);
  const auto& names = environment->lock_files;
  if (std::find(names.begin(), names.end(), file_name) == names.end())
    inspection.add("environment/no-lock", manifest, *lock,
                   fmt::format("found lock file `{}`, expected {}", file_name, names.empty() ? "none" : quoted_list(names, "or")),
                   names.empty() ? "remove `lock`" : "make that lock, and name it here");
  else if (!inspection.has_file(path))
    inspection.add("environment/missing-lock", manifest, *lock, fmt::format("there is no file `{}`", path),
                   help_for_missing(inspection, path, "make it and add it to git"));
  else if (environment->lock_lines)
    return inspect_lock_lines(inspection, path, *environment->lock_lines);
  return {};
}

Result<void> inspect_datasets(Inspection& inspection, const Document& manifest) {
  const Node* datasets = manifest.root()->find("datasets");
  if (datasets == nullptr) return {};
  for (const Node& dataset : datasets->items) {
    const Node* path = text_node(dataset, "path");
    if (path == nullptr) continue;
    const std::string file(path->text);
    if (!inspection.has_file(file)) {
      if (!inspection.is_ignored(file))
        inspection.add("dataset/missing-file", manifest, *path, fmt::format("there is no file `{}`", file),
                       help_for_missing(inspection, file, "make it, or let git ignore it when it is made later"));
      continue;
    }
    const Node* digest = text_node(dataset, "sha256");
    if (digest == nullptr) continue;
    MOPS_ASSIGN(const SourceFile source, inspection.read(file));
    const Content content = content_of(source.text);
    const auto written = Digest::parse(digest->text);
    if (written && *written != content.sha256)
      inspection.add("dataset/wrong-digest", manifest, *digest,
                     fmt::format("`{}` has sha256 `{}`, not this one", file, content.sha256.hex()),
                     "a changed data set needs a new certificate: if the change is wanted, write the new digest");
  }
  return {};
}

Result<std::set<std::string, std::less<>>> inspect_artifacts(Inspection& inspection) {
  std::set<std::string, std::less<>> paths;
  if (!inspection.has_file(k_lock_path)) return paths;
  MOPS_ASSIGN(SourceFile source, inspection.read(k_lock_path));
  const Document lock = document::parse_yaml(std::move(source));
  inspection.adopt(DocumentKind::lock, lock);
  const Node* artifacts = lock.root() == nullptr ? nullptr : lock.root()->find("artifacts");
  if (artifacts == nullptr) return paths;
  std::map<std::string_view, const Node*> seen;
  for (const Node& artifact : artifacts->items) {
    const Node* path = text_node(artifact, "path");
    if (path == nullptr) continue;
    const auto [first, is_new] = seen.emplace(path->text, path);
    if (!is_new) {
      inspection.add("lock/duplicate-path", lock, *path, fmt::format("artifact `{}` is listed twice", path->text), "keep one of the two");
      inspection.add_label(lock, *first->second, "first listed here");
      continue;
    }
    const std::string file(path->text);
    paths.insert(file);
    if (!inspection.has_file(file)) {
      if (!inspection.is_ignored(file))
        inspection.add("lock/missing-artifact", lock, *path, fmt::format("there is no file `{}`", file),
                       help_for_missing(inspection, file, "add it to git, or let git ignore it when it is fetched"));
      continue;
    }
    MOPS_ASSIGN(const SourceFile bytes, inspection.read(file));
    const Content content = content_of(bytes.text);
    const Node* digest = text_node(artifact, "sha256");
    const auto written = digest == nullptr ? fail(ErrorCode::invalid, "no digest") : Digest::parse(digest->text);
    if (written && *written != content.sha256) {
      inspection.add("lock/wrong-digest", lock, *digest, fmt::format("`{}` has sha256 `{}`, not this one", file, content.sha256.hex()),
                     "train again, or write the new digest and size");
      continue;
    }
    const Node* size = artifact.find("size");
    if (size != nullptr && size->integer_fits && size->integer >= 0 && static_cast<uint64_t>(size->integer) != content.size)
      inspection.add("lock/wrong-digest", lock, *size, fmt::format("`{}` has {} bytes, not {}", file, content.size, size->text),
                     "write the size that it has");
  }
  return paths;
}

}  // namespace mops::policy
