#include "policy/metaschemas.h"

namespace mops::policy {

SchemaLibrary metaschema_library(std::span<const EmbeddedFile> schemas) {
  constexpr std::string_view k_folder = "draft2020-12/";
  constexpr std::string_view k_suffix = ".json";
  SchemaLibrary library;
  for (const EmbeddedFile& file : schemas) {
    if (!file.path.starts_with(k_folder) || !file.path.ends_with(k_suffix)) continue;
    const std::string_view name = file.path.substr(k_folder.size(), file.path.size() - k_folder.size() - k_suffix.size());
    library.add("https://json-schema.org/draft/2020-12/" + std::string(name), file);
  }
  return library;
}

}  // namespace mops::policy
