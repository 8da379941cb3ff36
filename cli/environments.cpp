#include "cli/environments.h"

#include "base/embedded_file.h"
#include "base/text.h"

namespace mops::cli {

Result<std::vector<target::Environment>> official_environments() {
  constexpr std::string_view k_folder = "environments/";
  std::vector<target::Environment> environments;
  for (const EmbeddedFile& file : embedded::templates()) {
    if (!file.path.starts_with(k_folder)) continue;
    MOPS_ASSIGN(target::Environment environment,
                target::read_environment(document::parse_yaml({.path = std::string(file.path), .text = std::string(file.content)})));
    environments.push_back(std::move(environment));
  }
  return environments;
}

Result<target::Environment> find_environment(const std::string& name) {
  MOPS_ASSIGN(std::vector<target::Environment> environments, official_environments());
  std::vector<std::string> names;
  for (target::Environment& environment : environments) {
    if (environment.name == name) return std::move(environment);
    names.push_back(environment.name);
  }
  const auto near = nearest(name, names);
  return fail(ErrorCode::not_found, fmt::format("there is no official environment `{}`", name),
              near ? fmt::format("did you mean `{}`?", *near) : fmt::format("there are {}", quoted_list(names, "and")));
}

}  // namespace mops::cli
