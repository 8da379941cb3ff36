#pragma once

#include "cli/env.h"
#include "document/document.h"
#include "policy/bundle.h"
#include "target/environment.h"

#include <string>
#include <vector>

namespace mops::cli {

/// An official environment, and the file that describes it.
struct EnvironmentFile {
  target::Environment environment;
  std::string text;
};

/// The official environments of a policy. Error: invalid, names the file.
Result<std::vector<EnvironmentFile>> official_environments(const policy::Bundle& bundle);

/// The environment `name` of the policy that `manifest` (of the model in `folder`) names. Errors: not_found, with the nearest and the list;
/// those of `bundle_of`.
Result<EnvironmentFile> find_environment(Env& env, const document::Document& manifest, const Path& folder, const std::string& name);

}  // namespace mops::cli
