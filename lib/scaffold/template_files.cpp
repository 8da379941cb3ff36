#include "scaffold/template_files.h"

#include <fmt/format.h>
#include <algorithm>
#include <set>

namespace mops::scaffold {
namespace {

constexpr std::string_view k_common = "common";

/// The names of the folders in a folder (`LANGUAGE/`, or the root when empty).
std::set<std::string, std::less<>> folders_in(std::span<const EmbeddedFile> templates, std::string_view folder) {
  std::set<std::string, std::less<>> names;
  for (const EmbeddedFile& file : templates) {
    if (!file.path.starts_with(folder)) continue;
    const std::string_view rest = file.path.substr(folder.size());
    if (const size_t slash = rest.find('/'); slash != std::string_view::npos) names.emplace(rest.substr(0, slash));
  }
  return names;
}

template <typename Part>
void append(std::vector<Part>& to, std::vector<Part> from) {
  std::move(from.begin(), from.end(), std::back_inserter(to));
}

}  // namespace

std::vector<std::string> languages(std::span<const EmbeddedFile> templates) {
  std::vector<std::string> found;
  for (const std::string& folder : folders_in(templates, ""))
    if (folders_in(templates, folder + "/").contains(k_common)) found.push_back(folder);
  return found;
}

std::vector<std::string> tasks(std::span<const EmbeddedFile> templates, std::string_view language) {
  std::vector<std::string> found;
  for (const std::string& folder : folders_in(templates, fmt::format("{}/", language)))
    if (folder != k_common) found.push_back(folder);
  return found;
}

Result<TemplateFiles> template_files(std::span<const EmbeddedFile> templates, std::string_view language, std::string_view task) {
  TemplateFiles out;
  for (const std::string_view layer : {k_common, task}) {
    const std::string folder = fmt::format("{}/{}/", language, layer);
    for (const EmbeddedFile& file : templates) {
      if (!file.path.starts_with(folder)) continue;
      const std::string_view path = file.path.substr(folder.size());
      if (path == k_description_file) {
        MOPS_ASSIGN(TemplateDescription description,
                    read_description(document::parse_yaml({.path = std::string(file.path), .text = std::string(file.content)})));
        append(out.description.managed, std::move(description.managed));
        append(out.description.obsolete, std::move(description.obsolete));
      } else if (path.starts_with(k_former_folder)) {
        out.former.insert_or_assign(path, file.content);
      } else {
        out.files.insert_or_assign(path, file.content);
      }
    }
  }
  return out;
}

}  // namespace mops::scaffold
