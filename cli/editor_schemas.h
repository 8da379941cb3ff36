#pragma once

#include "base/embedded_file.h"
#include "base/result.h"
#include "document/value.h"

#include <span>
#include <string>
#include <vector>

namespace mops::cli {

/// Where the schemas are, from a model's folder, that the first lines of generated files name to editors. Git ignores it there.
inline constexpr const char* k_editor_schemas_folder = ".mops/schemas";

/// The schema of one kind of file that people write.
struct EditorSchema {
  std::string name;  ///< `manifest-v1`
  document::Value content;

  [[nodiscard]] std::string file_name() const { return name + ".json"; }
  /// JSON: some editors read no YAML here.
  [[nodiscard]] std::string text() const { return to_json(content, document::JsonLayout::indented); }
};

/// By name, without the metaschemas. `schemas`: those of a policy::Bundle.
std::vector<EditorSchema> editor_schemas(std::span<const EmbeddedFile> schemas);

}  // namespace mops::cli
