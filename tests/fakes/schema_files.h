#pragma once

#include "fakes/source_folder.h"
#include "policy/schema.h"

#include <string>

namespace mops::fakes {

/// The metaschemas of draft 2020-12, under their URIs.
inline policy::SchemaLibrary metaschema_library() {
  policy::SchemaLibrary library;
  const SourceFolder schemas("schemas");
  for (const EmbeddedFile& file : schemas.files()) {
    constexpr std::string_view k_folder = "draft2020-12/";
    if (!file.path.starts_with(k_folder)) continue;
    const std::string_view name = file.path.substr(k_folder.size());
    library.add("https://json-schema.org/draft/2020-12/" + std::string(name.substr(0, name.rfind('.'))),
                document::parse_json({.path = std::string(file.path), .text = std::string(file.content)}));
  }
  return library;
}

}  // namespace mops::fakes
