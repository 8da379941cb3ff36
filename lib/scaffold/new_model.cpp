#include "scaffold/new_model.h"

#include "base/text.h"
#include "model/version.h"

#include <fmt/format.h>
#include <algorithm>
#include <map>
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

Result<void> expect_one_of(std::string_view what, const std::string& word, const std::vector<std::string>& known) {
  if (std::find(known.begin(), known.end(), word) != known.end()) return {};
  const auto near = nearest(word, known);
  return fail(ErrorCode::usage, fmt::format("there is no {} `{}`", what, word),
              near ? fmt::format("did you mean `{}`?", *near)
                   : fmt::format("there {} {}", known.size() == 1 ? "is" : "are", quoted_list(known, "and")));
}

Result<void> expect_plain_text(std::string_view what, std::string_view text) {
  const auto breaks = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f || c == '"' || c == '\\'; };
  if (trim(text).empty()) return fail(ErrorCode::usage, fmt::format("the {} is empty", what));
  if (find_invalid_utf8(text)) return fail(ErrorCode::usage, fmt::format("the {} is not UTF-8", what));
  if (std::none_of(text.begin(), text.end(), breaks)) return {};
  return fail(ErrorCode::usage, fmt::format("the {} has a line break, a quote or a backslash", what),
              "it goes into `mops.yaml`: write one plain line");
}

}  // namespace

Values values_of(const NewModel& model) {
  return {{"name", model.name},
          {"task", model.task},
          {"language", model.language},
          {"owner_team", model.owner_team},
          {"owner_contact", model.owner_contact},
          {"description", model.description},
          {"date", model.date},
          {"mops_version", model.mops_version}};
}

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

Result<WritePlan> plan_new(const NewModel& model, std::span<const EmbeddedFile> templates) {
  MOPS_TRY(model::parse_name(model.name));
  MOPS_TRY(expect_one_of("language", model.language, languages(templates)));
  MOPS_TRY(expect_one_of("task", model.task, tasks(templates, model.language)));
  MOPS_TRY(expect_plain_text("team", model.owner_team));
  MOPS_TRY(expect_plain_text("contact", model.owner_contact));
  MOPS_TRY(expect_plain_text("description", model.description));

  const Values values = values_of(model);
  std::map<std::string, PlannedFile> planned;
  for (const std::string_view layer : {k_common, std::string_view(model.task)}) {
    const std::string folder = fmt::format("{}/{}/", model.language, layer);
    for (const EmbeddedFile& file : templates) {
      if (!file.path.starts_with(folder)) continue;
      std::string path = render(file.path.substr(folder.size()), values);
      const uint32_t mode = file.content.starts_with("#!") ? 0755 : 0644;
      planned.insert_or_assign(path, PlannedFile{.path = path, .content = render(file.content, values), .mode = mode});
    }
  }
  WritePlan plan{.folder = model.folder, .files = {}};
  for (auto& [path, file] : planned) plan.files.push_back(std::move(file));
  return plan;
}

}  // namespace mops::scaffold
