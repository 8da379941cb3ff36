#pragma once

#include "base/result.h"
#include "document/document.h"

#include <string>
#include <string_view>
#include <vector>

namespace mops::scaffold {

enum class PartKind { file, block };

/// Where a part is wanted: in the folder of every model, or only at the root of a git repository (where git hosts and hooks look).
enum class PartScope { model, repository };

/// A file of the template, or a block in it, that belongs to the policy. Paths may have placeholders.
struct ManagedPart {
  std::string path;
  PartKind kind = PartKind::file;
  std::string block;  ///< its name
  std::string after;  ///< the line below which a missing block is put; empty: the end of the file
  PartScope scope = PartScope::model;
  std::vector<std::string> former;  ///< template files: the whole file as earlier policies wrote it
  std::string reason;
};

/// A file or block that earlier policies had.
struct ObsoletePart {
  std::string path;
  std::string block;  ///< empty: the whole file
  PartScope scope = PartScope::model;
  std::vector<std::string> former;
  std::string reason;
  std::string instead;
};

/// `template.yaml`: what of a template's folder belongs to the policy. The rest are starters, the user's from the first day.
struct TemplateDescription {
  std::vector<ManagedPart> managed;
  std::vector<ObsoletePart> obsolete;
};

/// Within a template's folder: about the template, never written into a repository.
inline constexpr std::string_view k_description_file = "template.yaml";
inline constexpr std::string_view k_former_folder = "former/";

/// Error: invalid, the first problem with its place.
Result<TemplateDescription> read_description(const document::Document& document);

}  // namespace mops::scaffold
