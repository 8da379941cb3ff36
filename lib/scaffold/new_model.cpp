#include "scaffold/new_model.h"

#include "base/text.h"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <set>

namespace mops::scaffold {
namespace {

constexpr std::string_view k_common = "common";

Error unknown(std::string_view what, const std::string& word, const std::vector<std::string>& known) {
  const auto near = nearest(word, known);
  return {.code = ErrorCode::usage,
          .message = fmt::format("there is no template for {} `{}`", what, word),
          .help = near ? fmt::format("did you mean `{}`?", *near) : fmt::format("there are {}", quoted_list(known, "and"))};
}

}  // namespace

std::vector<std::string> languages(std::span<const EmbeddedFile> templates) {
  std::set<std::string> found;
  for (const EmbeddedFile& file : templates) {
    const auto parts = split(file.path, '/');
    if (parts.size() > 2 && parts[1] == k_common) found.emplace(parts[0]);
  }
  return {found.begin(), found.end()};
}

std::vector<std::string> tasks(std::span<const EmbeddedFile> templates, const std::string& language) {
  std::set<std::string> found;
  for (const EmbeddedFile& file : templates) {
    const auto parts = split(file.path, '/');
    if (parts.size() > 2 && parts[0] == language && parts[1] != k_common) found.emplace(parts[1]);
  }
  return {found.begin(), found.end()};
}

Result<WritePlan> plan_new_model(std::span<const EmbeddedFile> templates, const std::string& language, const std::string& task, const TemplateValues& values) {
  const std::vector<std::string> known_languages = languages(templates);
  if (std::find(known_languages.begin(), known_languages.end(), language) == known_languages.end()) return fail(unknown("language", language, known_languages));
  const std::vector<std::string> known_tasks = tasks(templates, language);
  if (std::find(known_tasks.begin(), known_tasks.end(), task) == known_tasks.end()) return fail(unknown("task", task, known_tasks));

  std::map<std::string, PlannedFile> files;
  for (const std::string& layer : {std::string(k_common), task}) {
    const std::string prefix = fmt::format("{}/{}/", language, layer);
    for (const EmbeddedFile& file : templates) {
      if (!file.path.starts_with(prefix)) continue;
      const std::string path = render(file.path.substr(prefix.size()), values);
      files[path] = {.path = path, .content = render(file.content, values), .mode = file.content.starts_with("#!") ? 0755U : 0644U};
    }
  }
  WritePlan plan;
  for (auto& [path, file] : files) plan.files.push_back(std::move(file));
  return plan;
}

}  // namespace mops::scaffold
