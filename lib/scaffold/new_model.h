#pragma once

#include "base/embedded_file.h"
#include "base/result.h"
#include "scaffold/template.h"
#include "scaffold/write_plan.h"

#include <span>
#include <string>
#include <vector>

namespace mops::scaffold {

/// Languages that have templates, and the tasks of one: found from the folders `LANGUAGE/TASK/`, beside `LANGUAGE/common/`.
std::vector<std::string> languages(std::span<const EmbeddedFile> templates);
std::vector<std::string> tasks(std::span<const EmbeddedFile> templates, const std::string& language);

/// The files of a new model repository: those of `LANGUAGE/common`, over them those of `LANGUAGE/TASK`, paths and contents
/// rendered with `values`. A file that begins with `#!` becomes executable. Error: usage for an unknown language or task,
/// with the nearest and the list.
Result<WritePlan> plan_new_model(std::span<const EmbeddedFile> templates, const std::string& language, const std::string& task, const TemplateValues& values);

}  // namespace mops::scaffold
