#pragma once

#include "base/embedded_file.h"
#include "base/result.h"
#include "scaffold/description.h"
#include "scaffold/template.h"
#include "scaffold/template_files.h"
#include "scaffold/write_plan.h"

#include <span>
#include <string>
#include <string_view>

namespace mops::scaffold {

/// What the user said about the new model. Texts go into YAML and Markdown: one line, without `"` and `\`.
struct NewModel {
  std::string name;
  std::string language;
  std::string task;
  Path folder;
  std::string owner_team;
  std::string owner_contact;
  std::string description;
  std::string date;  ///< 2026-11-23
  std::string mops_version;
};

/// The placeholders of templates and what they become.
Values values_of(const NewModel& model);

/// A file of a template, path and text rendered. One that begins with `#!` is executable.
PlannedFile rendered_file(std::string_view path, std::string_view content, const Values& values);

/// The files of a new model: those of `LANGUAGE/common`, and over them those of `LANGUAGE/TASK`; in a repository that is there already
/// without the parts that belong at the root of one. Error: usage, for an unknown language or task (with those that exist) and for texts
/// that would break the files.
Result<WritePlan> plan_new(const NewModel& model, PartScope scope, std::span<const EmbeddedFile> templates);

}  // namespace mops::scaffold
