#include "policy/schema_files.h"

#include "base/text.h"
#include "policy/uri.h"

#include <fmt/format.h>

namespace mops::policy {
namespace {

/// What would end a path in a URI.
std::string percent_encoded(std::string_view path) { return replace_all(replace_all(replace_all(path, "%", "%25"), "#", "%23"), "?", "%3F"); }

bool is_on_network(const Uri& uri) { return uri.scheme && (*uri.scheme == "http" || *uri.scheme == "https" || *uri.scheme == "ftp"); }

}  // namespace

Result<SchemaFiles> SchemaFiles::open(FileSystem& files, const Path& folder, const std::string& path) {
  SchemaFiles schema(files, folder);
  schema.path_ = (folder / path).lexically_normal();
  schema.typed_absolute_ = Path(path).is_absolute();
  MOPS_ASSIGN(std::string text, files.read(schema.path_));
  schema.root_ = document::parse({.path = path, .text = std::move(text)});
  return schema;
}

std::string SchemaFiles::uri() const { return "file://" + percent_encoded(path_.generic_string()); }

SchemaFinder SchemaFiles::finder() const {
  return [this](const std::string& uri) { return find(uri); };
}

Result<std::optional<document::Document>> SchemaFiles::find(const std::string& text) const {
  const Uri uri = Uri::parse(text);
  std::optional<Path> path;
  if (uri.scheme == "file") path = percent_decoded(uri.path);
  else if (is_on_network(uri)) path = beside_root(text);
  else return std::optional<document::Document>();
  if (!path)
    return fail(ErrorCode::refused, fmt::format("`{}` is on the network, and schemas are never fetched", text),
                "save it beside this one, and refer to it by its file name");
  auto content = files_->read(*path);
  if (!content && content.error().code == ErrorCode::not_found)
    return fail(ErrorCode::not_found, fmt::format("there is no file `{}`", shown(*path)), "a reference is meant relative to the file that it stands in");
  if (!content) return fail(std::move(content).error());
  return document::parse({.path = shown(*path), .text = std::move(*content)});
}

std::optional<Path> SchemaFiles::beside_root(std::string_view uri) const {
  const document::Node* id = root_.root() == nullptr ? nullptr : root_.root()->find("$id");
  if (id == nullptr || id->kind != document::NodeKind::string) return std::nullopt;
  const std::string_view folder = id->text.substr(0, id->text.rfind('/') + 1);
  // `https://` alone would take every address for a neighbour.
  if (folder.ends_with("://") || !uri.starts_with(folder)) return std::nullopt;
  Path path = path_.parent_path() / percent_decoded(uri.substr(folder.size()));
  return exists(*files_, path) ? std::optional(std::move(path)) : std::nullopt;
}

std::string SchemaFiles::shown(const Path& path) const { return (typed_absolute_ ? path : path.lexically_relative(folder_)).generic_string(); }

}  // namespace mops::policy
