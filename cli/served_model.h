#pragma once

#include "base/process_usage.h"
#include "cli/progress.h"
#include "cli/scratch_folder.h"
#include "cli/workspace.h"
#include "platform/state_folder.h"
#include "target/environment.h"
#include "target/local_target.h"

namespace mops::cli {

/// The environment of a manifest, made where it is missing (in the platform's folder, so that promote finds it there).
Result<target::PreparedEnvironment> prepare_environment(Env& env, const target::Environment& environment, const model::Manifest& manifest, const Path& folder,
                                                        const platform::StateFolder& state, Progress& progress);

/// Which files of a workspace: those of a commit, or without one those of the work tree.
struct PayloadSource {
  Workspace& workspace;
  std::optional<repository::ObjectId> commit;
};

/// One version of a repository that runs for the length of a measurement, in a folder of its own that holds its payload and
/// nothing else. Stops it and removes the folder when destroyed.
class ServedModel {
 public:
  static Result<ServedModel> start(Env& env, const PayloadSource& source, const model::Manifest& manifest, const Digest& payload, const platform::StateFolder& state,
                                   Progress& progress);
  ServedModel(ServedModel&&) noexcept = default;
  ~ServedModel();

  /// Of the payload's files.
  [[nodiscard]] const Path& folder() const { return payload_folder_; }
  /// Of what runs in its environment.
  [[nodiscard]] const Variables& variables() const { return variables_; }
  /// From the start of its process until it was ready.
  [[nodiscard]] std::chrono::nanoseconds cold_start() const { return cold_start_; }
  /// What it has taken so far; nothing when it has ended.
  [[nodiscard]] std::optional<ProcessUsage> usage() const { return usage_of(instance_.pid); }
  [[nodiscard]] target::Endpoint endpoint() { return target_->endpoints(instance_).front(); }
  /// What to say when a measurement failed: how the model ended if it did, with what it printed last.
  [[nodiscard]] Error explain(Error error);

 private:
  explicit ServedModel(Env& env) : target_(std::make_unique<target::LocalTarget>(env.transport)) {}

  std::unique_ptr<target::LocalTarget> target_;
  ScratchFolder scratch_;
  Path payload_folder_;
  Variables variables_;
  target::Instance instance_;
  std::chrono::nanoseconds cold_start_{0};
};

}  // namespace mops::cli
