#include "scaffold/new_model.h"

#include "base/text.h"
#include "model/version.h"

#include <fmt/format.h>
#include <algorithm>
#include <map>

namespace mops::scaffold {
namespace {

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

PlannedFile rendered_file(std::string_view path, std::string_view content, const Values& values) {
  return {.path = render(path, values), .content = render(content, values), .mode = content.starts_with("#!") ? 0755U : 0644U};
}

Result<WritePlan> plan_new(const NewModel& model, PartScope scope, std::span<const EmbeddedFile> templates) {
  MOPS_TRY(model::parse_name(model.name));
  MOPS_TRY(expect_one_of("language", model.language, languages(templates)));
  MOPS_TRY(expect_one_of("task", model.task, tasks(templates, model.language)));
  MOPS_TRY(expect_plain_text("team", model.owner_team));
  MOPS_TRY(expect_plain_text("contact", model.owner_contact));
  MOPS_TRY(expect_plain_text("description", model.description));

  const Values values = values_of(model);
  MOPS_ASSIGN(const TemplateFiles chosen, template_files(templates, model.language, model.task));
  std::map<std::string, PlannedFile> planned;
  for (const auto& [raw_path, content] : chosen.files) {
    PlannedFile file = rendered_file(raw_path, content, values);
    std::string path = file.path;
    planned.insert_or_assign(std::move(path), std::move(file));
  }
  if (scope == PartScope::model)
    for (const ManagedPart& part : chosen.description.managed)
      if (part.scope == PartScope::repository) planned.erase(render(part.path, values));
  WritePlan plan{.folder = model.folder, .files = {}};
  for (auto& [path, file] : planned) plan.files.push_back(std::move(file));
  return plan;
}

}  // namespace mops::scaffold
