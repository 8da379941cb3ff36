#pragma once

#include "base/embedded_file.h"
#include "base/result.h"
#include "scaffold/description.h"

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mops::scaffold {

/// Found among the templates: `LANGUAGE/common/...` makes a language, `LANGUAGE/TASK/...` a task of it. Sorted.
std::vector<std::string> languages(std::span<const EmbeddedFile> templates);
std::vector<std::string> tasks(std::span<const EmbeddedFile> templates, std::string_view language);

/// One template: the files of `LANGUAGE/common`, and over them those of `LANGUAGE/TASK` (when there is that folder), not rendered.
/// Views borrow the templates.
struct TemplateFiles {
  std::map<std::string_view, std::string_view> files;   ///< to be written into repositories, by path
  std::map<std::string_view, std::string_view> former;  ///< below `former/`
  TemplateDescription description;                      ///< of both folders
};

/// Error: invalid, for a `template.yaml` that cannot be read.
Result<TemplateFiles> template_files(std::span<const EmbeddedFile> templates, std::string_view language, std::string_view task);

}  // namespace mops::scaffold
