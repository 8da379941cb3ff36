#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "model/manifest.h"
#include "policy/policy.h"
#include "scaffold/fresh_template.h"

#include <optional>
#include <string>

namespace mops::policy {

/// The template that a model follows, rendered for it.
struct ModelTemplate {
  std::string name;               ///< LANGUAGE/TASK
  scaffold::FreshTemplate fresh;  ///< without the managed files that the manifest says it goes without
};

/// What the manifest names, else the template of the language of its environment and of its task. nullopt: the policy does not know the
/// environment, or has no template for its language. Errors: not_found when the manifest names a template that is not there, usage when it
/// goes without a file that is not managed (both with the nearest), invalid for a mistake in the template.
Result<std::optional<ModelTemplate>> template_of(const model::Manifest& manifest, const Policy& policy, scaffold::PartScope scope, SystemTime now);

}  // namespace mops::policy
