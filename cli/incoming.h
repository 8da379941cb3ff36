#pragma once

#include "cli/evidence_folder.h"
#include "cli/scratch_folder.h"
#include "platform/admin_messages.h"
#include "platform/state_folder.h"
#include "platform/version_store.h"

namespace mops::cli {

/// A certificate as it is handed over.
struct SignedEvidence {
  std::string envelope;
  std::string public_key;  ///< PEM
};

/// A version, laid out below the platform's `incoming/` for it to verify and keep. Removed when destroyed, unless the
/// platform has taken it.
class Incoming {
 public:
  /// Takes payload, artifacts and certificate of `NAME@VERSION` out of the repository. Errors: not_found (no such tag), refused
  /// (no certificate, the tag's payload is not its commit's, artifacts missing).
  static Result<Incoming> of_release(Env& env, Workspace& workspace, const model::VersionedName& wanted, const platform::StateFolder& state);

  /// The same of HEAD's payload, which has been measured and is no release yet.
  static Result<Incoming> of_candidate(Env& env, Workspace& workspace, const model::Payload& payload, const SignedEvidence& evidence, const platform::StateFolder& state);

  [[nodiscard]] const platform::VersionLabel& label() const { return label_; }
  [[nodiscard]] std::string name() const { return folder_.path().filename().string(); }
  /// Of the model within its repository, where this version was released.
  [[nodiscard]] const std::string& folder_in_repository() const { return folder_in_repository_; }

  /// Until the platform has taken it.
  [[nodiscard]] Path payload_folder() const { return platform::VersionFolder{.root = folder_.path()}.payload(); }
  [[nodiscard]] Result<model::Manifest> manifest(Env& env) const;

 private:
  static Result<Incoming> lay_out(Env& env, Workspace& workspace, const platform::VersionLabel& label, const model::Payload& payload, const SignedEvidence& evidence,
                                  const platform::StateFolder& state);

  // The platform renames what it takes; what is left was refused or is a second copy.
  ScratchFolder folder_;
  platform::VersionLabel label_;
  std::string folder_in_repository_;
};

}  // namespace mops::cli
