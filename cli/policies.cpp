#include "cli/policies.h"

namespace mops::cli {
namespace {

using policy::Bundle;
using policy::Policy;
using policy::Reference;

/// Where the policy of a reference is on this disk, and how people call it.
struct PolicyPlace {
  Path folder;
  std::string origin;
};

Result<PolicyPlace> place_of(const Env& env, const Reference& reference, const Path& model_folder) {
  if (reference.git.empty()) return PolicyPlace{.folder = (model_folder / reference.folder).lexically_normal(), .origin = reference.folder};
  MOPS_ASSIGN(Path folder, fetched_policy_folder(env, *reference.digest));
  if (!exists(env.files, folder))
    return fail(ErrorCode::not_found, fmt::format("the policy {} of `{}` is not on this machine", reference.revision, reference.git), "run `mops policy fetch`");
  return PolicyPlace{.folder = std::move(folder), .origin = reference.git};
}

std::string other_digest(const Reference& reference, const Digest& digest) {
  return fmt::format("the policy `{}` has digest `{}`, not this one", reference.git.empty() ? reference.folder : reference.git, digest.hex());
}
constexpr const char* k_look_first = "look at what changed in the policy; if it is wanted, write the new digest";

}  // namespace

Bundle built_in_bundle() { return Bundle::built_in(embedded::schemas(), embedded::templates()); }

Result<Path> fetched_policy_folder(const Env& env, const Digest& digest) {
  const auto cache = env.variables.get("XDG_CACHE_HOME");
  const auto home = env.variables.get("HOME");
  if ((!cache || cache->empty()) && (!home || home->empty())) return fail(ErrorCode::usage, "neither XDG_CACHE_HOME nor HOME is set", "set one: fetched policies are kept there");
  return (cache && !cache->empty() ? Path(*cache) : Path(*home) / ".cache") / "mops" / "policies" / digest.hex();
}

Policies::Policies(Env& env, policy::PatternSpeed speed, std::optional<std::string> instead) : env_(env), speed_(speed), instead_(std::move(instead)) {}

Result<const Policy*> Policies::load(const Path& folder, const std::string& origin) {
  const std::lock_guard lock(mutex_);
  const auto known = loaded_.find(folder.string());
  if (known != loaded_.end()) return known->second ? Result<const Policy*>(known->second->get()) : fail(known->second.error());
  const auto read = [&]() -> Result<std::unique_ptr<Policy>> {
    Bundle bundle = built_in_bundle();
    if (!folder.empty()) {
      MOPS_ASSIGN(bundle, Bundle::read(env_.files, folder, bundle, origin));
    }
    MOPS_ASSIGN(Policy policy, Policy::load(std::move(bundle), speed_));
    return std::make_unique<Policy>(std::move(policy));
  };
  const auto& kept = loaded_.emplace(folder.string(), read()).first->second;
  if (!kept) return fail(kept.error());
  return kept->get();
}

Result<const Policy*> Policies::built_in() { return load({}, {}); }

Result<PolicyChoice> Policies::choose(const document::Document& manifest, const Path& folder) {
  if (instead_) {
    MOPS_ASSIGN(const Policy* policy, load((env_.folder / *instead_).lexically_normal(), *instead_));
    return PolicyChoice{.policy = policy, .about = {}};
  }
  const auto reference = policy::read_reference(manifest);
  if (!reference) {
    MOPS_ASSIGN(const Policy* policy, built_in());
    return PolicyChoice{.policy = policy, .about = {}};
  }
  Diagnostic finding{.rule = "policy/unavailable", .message = {}, .location = {.path = manifest.source().path, .span = reference->span}};
  const auto place = place_of(env_, *reference, folder);
  const auto loaded = place ? load(place->folder, place->origin) : Result<const Policy*>(fail(place.error()));
  if (loaded) {
    if (!reference->digest || *reference->digest == (*loaded)->bundle().digest()) return PolicyChoice{.policy = *loaded, .about = {}};
    finding.rule = "policy/wrong-digest";
    finding.location.span = reference->digest_span;
    finding.message = other_digest(*reference, (*loaded)->bundle().digest());
    finding.help = k_look_first;
  } else {
    finding.message = loaded.error().message;
    finding.help = loaded.error().help;
  }
  MOPS_ASSIGN(const Policy* policy, built_in());
  return PolicyChoice{.policy = policy, .about = {std::move(finding)}};
}

Result<Bundle> bundle_of(Env& env, const document::Document& manifest, const Path& folder) {
  Bundle bundle = built_in_bundle();
  const auto reference = policy::read_reference(manifest);
  if (!reference) return bundle;
  MOPS_ASSIGN(const PolicyPlace place, place_of(env, *reference, folder));
  MOPS_ASSIGN(bundle, Bundle::read(env.files, place.folder, bundle, place.origin));
  if (reference->digest && *reference->digest != bundle.digest())
    return fail(ErrorCode::refused, fmt::format("{}:{}:{}: {}", manifest.source().path, reference->digest_span.begin.line, reference->digest_span.begin.column,
                                                other_digest(*reference, bundle.digest())), k_look_first);
  return bundle;
}

Result<policy::Bundle> bundle_here(Env& env) {
  const auto text = env.files.read(env.folder / "mops.yaml");
  if (!text && text.error().code != ErrorCode::not_found) return fail(text.error());
  return bundle_of(env, document::parse_yaml({.path = "mops.yaml", .text = text.value_or("")}), env.folder);
}

Result<policy::Policy> policy_here(Env& env, const std::optional<std::string>& folder) {
  MOPS_ASSIGN(Bundle bundle, folder ? Bundle::read(env.files, (env.folder / *folder).lexically_normal(), built_in_bundle(), *folder) : bundle_here(env));
  return Policy::load(std::move(bundle));
}

}  // namespace mops::cli
