#include "policy/model_template.h"

#include "base/text.h"

#include <fmt/format.h>
#include <algorithm>

namespace mops::policy {
namespace {

using Templates = std::span<const EmbeddedFile>;

struct TemplateName {
  std::string language;
  std::string task;
};

Result<TemplateName> parse_name(const std::string& name, Templates templates) {
  std::vector<std::string> names;
  for (const std::string& language : scaffold::languages(templates))
    for (const std::string& task : scaffold::tasks(templates, language)) names.push_back(fmt::format("{}/{}", language, task));
  if (std::find(names.begin(), names.end(), name) == names.end()) {
    const auto near = nearest(name, names);
    return fail(ErrorCode::not_found, fmt::format("there is no template `{}`, which `policy.template` in mops.yaml names", name),
                near ? fmt::format("did you mean `{}`?", *near) : fmt::format("there are {}", quoted_list(names, "and")));
  }
  const size_t slash = name.find('/');
  return TemplateName{.language = name.substr(0, slash), .task = name.substr(slash + 1)};
}

Result<std::optional<TemplateName>> choose(const model::Manifest& manifest, const Policy& policy) {
  const Templates templates = policy.bundle().templates();
  if (!manifest.template_choice.name.empty()) {
    MOPS_ASSIGN(TemplateName name, parse_name(manifest.template_choice.name, templates));
    return std::optional(std::move(name));
  }
  const OfficialEnvironment* environment = policy.find_environment(manifest.environment.name);
  if (environment == nullptr) return std::optional<TemplateName>();
  const std::vector<std::string> languages = scaffold::languages(templates);
  if (std::find(languages.begin(), languages.end(), environment->language) == languages.end()) return std::optional<TemplateName>();
  return std::optional(TemplateName{.language = environment->language, .task = std::string(to_string(manifest.task))});
}

Result<void> leave_out(const std::vector<model::LeftOut>& left_out, scaffold::FreshTemplate& fresh) {
  for (const model::LeftOut& out : left_out) {
    const size_t removed = std::erase_if(fresh.managed, [&](const scaffold::FreshFile& file) { return file.file.path == out.path; });
    if (removed > 0) continue;
    std::vector<std::string> known;
    for (const scaffold::FreshFile& file : fresh.managed) known.push_back(file.file.path);
    const auto near = nearest(out.path, known);
    return fail(ErrorCode::usage, fmt::format("`policy.without` in mops.yaml names `{}`, which the policy does not manage here", out.path),
                near ? fmt::format("did you mean `{}`?", *near) : std::string("remove it from the list"));
  }
  return {};
}

}  // namespace

Result<std::optional<ModelTemplate>> template_of(const model::Manifest& manifest, const Policy& policy, scaffold::PartScope scope, SystemTime now) {
  MOPS_ASSIGN(const std::optional<TemplateName> name, choose(manifest, policy));
  if (!name) return std::optional<ModelTemplate>();
  const scaffold::NewModel model{.name = manifest.name,
                                 .language = name->language,
                                 .task = name->task,
                                 .folder = {},
                                 .owner_team = manifest.owner.team,
                                 .owner_contact = manifest.owner.contact,
                                 .description = manifest.description,
                                 .date = to_rfc3339(now).substr(0, 10),
                                 .mops_version = MOPS_VERSION};
  MOPS_ASSIGN(scaffold::FreshTemplate fresh, scaffold::render_template(model, scope, policy.bundle().templates()));
  MOPS_TRY(leave_out(manifest.template_choice.left_out, fresh));
  return std::optional(ModelTemplate{.name = fmt::format("{}/{}", name->language, name->task), .fresh = std::move(fresh)});
}

}  // namespace mops::policy
