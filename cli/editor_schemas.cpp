#include "cli/editor_schemas.h"

#include "document/document.h"

namespace mops::cli {

std::vector<EditorSchema> editor_schemas(std::span<const EmbeddedFile> schemas) {
  constexpr std::string_view k_extension = ".yaml";
  std::vector<EditorSchema> found;
  for (const EmbeddedFile& file : schemas) {
    if (!file.path.ends_with(k_extension) || file.path.find('/') != std::string_view::npos) continue;
    const document::Document document = document::parse_yaml({.path = std::string(file.path), .text = std::string(file.content)});
    if (document.root() == nullptr) continue;
    found.push_back({.name = std::string(file.path.substr(0, file.path.size() - k_extension.size())), .content = document::Value::of(*document.root())});
  }
  return found;
}

}  // namespace mops::cli
