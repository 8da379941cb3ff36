#pragma once

#include "base/embedded_file.h"
#include "base/result.h"
#include "scaffold/new_model.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mops::scaffold {

/// A managed block, rendered.
struct FreshBlock {
  std::string name;
  std::string text;     ///< with both markers, indented as in the template
  std::string content;  ///< without them
  std::string indent;   ///< of its first marker
  std::string after;    ///< the line below which it is put where it is missing; empty: the end of the file
  std::string reason;
};

/// A file of which a whole or parts belong to the policy.
struct FreshFile {
  PlannedFile file;                 ///< as a new repository gets it; of a file that is managed in blocks, the rest is a starter
  std::vector<FreshBlock> blocks;   ///< none: the whole file is managed
  std::vector<std::string> former;  ///< the whole file as earlier policies wrote it
  std::string reason;               ///< of a file that is managed whole
};

struct ObsoleteFile {
  std::string path;
  std::string block;                ///< empty: the whole file
  std::vector<std::string> former;  ///< what earlier policies wrote: the file, or what stood between the markers
  std::string reason;
  std::string instead;
};

/// A template rendered for one model, split into what belongs to the policy and what belongs to the user.
struct FreshTemplate {
  std::vector<FreshFile> managed;  ///< in byte order of the paths, each path once
  std::vector<ObsoleteFile> obsolete;
  std::vector<PlannedFile> starters;
};

/// Renders `LANGUAGE/common` and over it `LANGUAGE/TASK`, if there is that folder. Parts of scope `repository` are left out unless
/// `scope` is that. Nothing that differs from run to run may stand in a managed part: `{{ date }}` and `{{ mops_version }}` there,
/// a part that the template does not have, or markers that cannot be understood are an Error: invalid, naming the template.
Result<FreshTemplate> render_template(const NewModel& model, PartScope scope, std::span<const EmbeddedFile> templates);

}  // namespace mops::scaffold
