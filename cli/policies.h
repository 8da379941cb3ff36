#pragma once

#include "cli/env.h"
#include "policy/policy.h"
#include "policy/reference.h"

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace mops::cli {

/// The policy that the program carries.
policy::Bundle built_in_bundle();

/// Where `mops policy fetch` keeps policies from git: a folder by digest, below XDG_CACHE_HOME or ~/.cache.
Result<Path> fetched_policy_folder(const Env& env, const Digest& digest);

/// What a model is held against, and what is to be said about it.
struct PolicyChoice {
  const policy::Policy* policy = nullptr;
  std::vector<Diagnostic> about;  ///< rules `policy/...`; `policy` is then the built-in one
};

/// The policies that the models of one run follow, each loaded once. Never touches the network. Safe from any thread. The pointers
/// given out live as long as this.
class Policies {
 public:
  /// `instead`: a folder that takes the place of what the manifests say.
  Policies(Env& env, policy::PatternSpeed speed, std::optional<std::string> instead = {});

  /// For the model in `folder`. Error: the folder given on the command line cannot be read or is broken.
  Result<PolicyChoice> choose(const document::Document& manifest, const Path& folder);

 private:
  Result<const policy::Policy*> load(const Path& folder, const std::string& origin);
  Result<const policy::Policy*> built_in();

  Env& env_;
  policy::PatternSpeed speed_;
  std::optional<std::string> instead_;
  std::mutex mutex_;
  std::map<std::string, Result<std::unique_ptr<policy::Policy>>> loaded_;  ///< by absolute folder; empty: built in
};

/// The bundle that a manifest names, for verbs that need its environments or templates. Errors: as the findings of `choose`.
Result<policy::Bundle> bundle_of(Env& env, const document::Document& manifest, const Path& folder);
/// The bundle that the manifest where the user stands names; without a manifest the built-in one.
Result<policy::Bundle> bundle_here(Env& env);
/// The policy in `folder`, from where the user stands; without one that of `bundle_here`.
Result<policy::Policy> policy_here(Env& env, const std::optional<std::string>& folder);

}  // namespace mops::cli
