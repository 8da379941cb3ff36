#pragma once

#include "base/digest.h"
#include "base/embedded_file.h"
#include "base/file_system.h"
#include "base/result.h"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mops::policy {

/// The files of a policy: the built-in ones, or an organisation's folder over them. Immutable; movable, views stay where they are.
///
/// A folder has `policy.yaml`, and as it likes `schemas/` (its own, named by `documents` in policy.yaml; the built-in schemas
/// always hold as well), `environments/` (then only these are official) and `templates/LANGUAGE/` (each takes the place of the
/// built-in language of that name).
class Bundle {
 public:
  /// What the program carries; borrows both for ever. `templates` has `environments/NAME.yaml` beside its languages.
  static Bundle built_in(std::span<const EmbeddedFile> schemas, std::span<const EmbeddedFile> templates);

  /// Reads a folder without the `.git*` at its root. `origin` is how people call it. Errors: not_found without a `policy.yaml`, invalid
  /// for a symbolic link or for more than 64 MiB, and what reading fails with.
  static Result<Bundle> read(FileSystem& files, const Path& folder, const Bundle& built_in, std::string origin);

  [[nodiscard]] bool is_built_in() const { return texts_.empty(); }
  [[nodiscard]] const std::string& origin() const { return origin_; }
  /// What `policy.digest` in manifests pins: sha256 over the lines `<sha256>  <path>` in byte order of the paths, as for payloads. Of the
  /// built-in policy: over its schemas and templates.
  [[nodiscard]] Digest digest() const;

  /// `manifest-v1.yaml` …: the formats that this program reads.
  [[nodiscard]] std::span<const EmbeddedFile> schemas() const { return schemas_; }
  /// `environments/NAME.yaml` and `LANGUAGE/…`, sorted by path.
  [[nodiscard]] std::span<const EmbeddedFile> templates() const { return templates_; }
  /// The files of the folder itself, sorted by path; none of the built-in policy.
  [[nodiscard]] std::span<const EmbeddedFile> own_files() const { return own_; }
  /// One of them, by its path; nullptr when there is none, and always for the built-in policy.
  [[nodiscard]] const EmbeddedFile* find(std::string_view path) const;

 private:
  Bundle() = default;
  void overlay_templates(const Bundle& built_in);

  std::string origin_ = "built-in";
  std::optional<Digest> digest_;                     ///< of a folder, whose models ask for it one by one
  std::vector<std::unique_ptr<std::string>> texts_;  ///< what the views below borrow
  std::vector<EmbeddedFile> own_;                    ///< of the folder, sorted by path
  std::vector<EmbeddedFile> schemas_;
  std::vector<EmbeddedFile> templates_;
};

}  // namespace mops::policy
