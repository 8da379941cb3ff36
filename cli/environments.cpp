#include "cli/environments.h"

#include "base/text.h"
#include "cli/policies.h"

namespace mops::cli {

Result<std::vector<EnvironmentFile>> official_environments(const policy::Bundle& bundle) {
  constexpr std::string_view k_folder = "environments/";
  const std::string origin = bundle.is_built_in() ? std::string() : bundle.origin() + "/";
  std::vector<EnvironmentFile> environments;
  for (const EmbeddedFile& file : bundle.templates()) {
    if (!file.path.starts_with(k_folder) || !file.path.ends_with(".yaml")) continue;
    EnvironmentFile found{.environment = {}, .text = std::string(file.content)};
    MOPS_ASSIGN(found.environment, target::read_environment(document::parse_yaml({.path = origin + std::string(file.path), .text = found.text})));
    environments.push_back(std::move(found));
  }
  return environments;
}

Result<EnvironmentFile> find_environment(Env& env, const document::Document& manifest, const Path& folder, const std::string& name) {
  MOPS_ASSIGN(const policy::Bundle bundle, bundle_of(env, manifest, folder));
  MOPS_ASSIGN(std::vector<EnvironmentFile> environments, official_environments(bundle));
  std::vector<std::string> names;
  for (EnvironmentFile& found : environments) {
    if (found.environment.name == name) return std::move(found);
    names.push_back(found.environment.name);
  }
  const auto near = nearest(name, names);
  const std::string whose = bundle.is_built_in() ? std::string() : fmt::format(" in the policy `{}`", bundle.origin());
  return fail(ErrorCode::not_found, fmt::format("there is no official environment `{}`{}", name, whose),
              near ? fmt::format("did you mean `{}`?", *near) : names.empty() ? "" : fmt::format("there are {}", quoted_list(names, "and")));
}

}  // namespace mops::cli
