#pragma once

#include "base/file_system.h"
#include "base/result.h"
#include "document/document.h"
#include "policy/schema.h"

#include <optional>
#include <string>
#include <string_view>

namespace mops::policy {

/// A schema file and those that it refers to, read from the disk; nothing is ever fetched. A reference is meant relative to the
/// file that it stands in; where that file has an `$id` on the network, its neighbours there are its neighbours on the disk.
class SchemaFiles {
 public:
  /// `path` as the user typed it, from `folder` (absolute). Error: as FileSystem::read. Borrows `files`.
  static Result<SchemaFiles> open(FileSystem& files, const Path& folder, const std::string& path);

  [[nodiscard]] const document::Document& root() const { return root_; }
  /// For SchemaOptions: `file:///folder/schema.yaml`.
  [[nodiscard]] std::string uri() const;
  /// For SchemaOptions. Error: not_found when there is no such file, refused when it would be on the network, else as
  /// FileSystem::read. Borrows this.
  [[nodiscard]] SchemaFinder finder() const;

 private:
  SchemaFiles(FileSystem& files, Path folder) : files_(&files), folder_(std::move(folder)) {}

  [[nodiscard]] Result<std::optional<document::Document>> find(const std::string& uri) const;
  /// Of something beside the schema's own `$id`.
  [[nodiscard]] std::optional<Path> beside_root(std::string_view uri) const;
  /// As the user would type it.
  [[nodiscard]] std::string shown(const Path& path) const;

  FileSystem* files_;
  Path folder_;
  Path path_;  ///< of the root, absolute
  bool typed_absolute_ = false;
  document::Document root_;
};

}  // namespace mops::policy
