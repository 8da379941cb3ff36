#pragma once

#include "cli/progress.h"
#include "cli/workspace.h"
#include "evidence/certificate.h"
#include "model/version.h"
#include "platform/state_folder.h"

#include <optional>
#include <string>

namespace mops::cli {

/// The released version that a candidate is to replace.
struct Baseline {
  model::VersionedName version;
  enum class Choice { asked_for, serves, released_before } choice = Choice::released_before;
};

/// `against` (NAME@VERSION) if given; else what serves this model on the platform of `state`, if one runs and the repository has that
/// release; else the newest release of the repository that is not the candidate's own payload. nullopt: a first version. Errors:
/// usage, not_found (`against` is no release here).
Result<std::optional<Baseline>> find_baseline(Env& env, Workspace& workspace, const std::string& model, const Digest& candidate, const std::optional<std::string>& against,
                                              const platform::StateFolder& state);

/// A payload of HEAD that has been measured so far.
struct Candidate {
  const model::Manifest& manifest;
  const model::Payload& payload;
  const evidence::Certificate& measured;  ///< without a rehearsal; passes
};

/// On a platform of its own (a folder below `state` that is removed, a free port, a journal that nobody publishes): serves the baseline
/// under the load of the candidate's manifest with rows of the baseline's data set, promotes the candidate, rolls back, and counts
/// what clients saw. Errors: those of starting either version; refused when the candidate answers otherwise than measured; interrupted.
Result<evidence::Rehearsal> rehearse(Env& env, Workspace& workspace, const Candidate& candidate, const Baseline& baseline, const platform::StateFolder& state,
                                     Progress& progress);

}  // namespace mops::cli
