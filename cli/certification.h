#pragma once

#include "certify/measurement.h"
#include "cli/progress.h"
#include "cli/workspace.h"
#include "platform/state_folder.h"

#include <optional>
#include <string>
#include <vector>

namespace mops::cli {

/// Evidence that is there already and about the same digests counts, or everything is measured again.
enum class Reuse { evidence, nothing };

struct CertifyOptions {
  std::optional<std::string> key;       ///< file; nullopt: the user's own
  std::optional<std::string> against;   ///< NAME@VERSION of the rehearsal
  Reuse reuse = Reuse::evidence;
  platform::StateFolder state;
};

/// What is to be certified of a model, before anything runs.
struct CertificationPlan {
  model::Manifest manifest;
  model::Payload payload;
  model::Dataset dataset;
  Side side = Side::commit;
  std::string why_not;                  ///< why nothing can be certified, only measured; empty: it can
};

/// Errors: those of the repository and the manifest; invalid without a holdout set that has a file.
Result<CertificationPlan> plan_certification(Workspace& workspace);

/// How it went with one model.
struct Certification {
  std::string folder;                   ///< of the model within its repository
  std::string model;
  Digest payload;
  Verdict verdict = Verdict::inconclusive;
  std::vector<evidence::Check> checks;
  std::vector<stats::Metric> metrics;
  evidence::Performance performance;
  std::vector<std::string> warnings;
  std::string written;                  ///< path of the certificate within the model's folder; empty: nothing was certified
  std::string why_not;
  std::optional<SystemTime> reused;     ///< when that was measured; nullopt: now
};

/// Measures the payload, rehearses its upgrade, signs and writes what was measured. Evidence is reused where payload, data set, level and
/// baseline are the same, and the key that would sign now signed it; what was INCONCLUSIVE is measured again.
Result<Certification> certify_model(Env& env, Workspace& workspace, const CertificationPlan& plan, const CertifyOptions& options, Progress& progress);

}  // namespace mops::cli
