#pragma once

#include "platform/platform.h"
#include "platform/preparation.h"
#include "platform/recorded_target.h"
#include "platform/routes.h"
#include "platform/version_store.h"
#include "target/supervisor.h"

#include <atomic>
#include <list>
#include <map>
#include <mutex>
#include <thread>

namespace mops::platform {

/// A version that has left its route, until it is drained and has ended.
struct Retirement {
  std::atomic<bool> is_over = false;
  std::jthread thread = {};
};

/// What a platform is made of; shared by platform.cpp (life), platform_status.cpp and switch.cpp (promotions and rollbacks). `mutex` guards
/// `stages`, `state_mutex` guards `state`; where both are needed `mutex` is taken first.
struct Platform::Parts {
  Parts(PlatformOptions given, PlatformWorld outside, PlatformLock held, State opened);

  PlatformOptions options;
  PlatformWorld world;
  PlatformLock lock;
  std::mutex mutex;
  std::mutex state_mutex;
  State state;
  VersionStore store;
  RecordedTarget target;
  target::Supervisor supervisor;
  std::vector<StageState> stages;
  std::vector<JournalFault> faults;  ///< when it was verified last; guarded by `state_mutex`
  std::string id;
  SystemTime started{};
  std::stop_source stop;
  std::jthread supervising;
  std::list<Retirement> retiring;    ///< guarded by `mutex`
  std::map<std::string, std::shared_ptr<const model::Interface>> interfaces;  ///< by payload; guarded by `mutex`
  Preparations preparations;
  Operations operations;

  /// The stage of that name, or the only one when `name` is empty. Error: not_found, usage.
  Result<StageState*> find_stage(const std::string& name);
  /// Says what of its values may be recorded. Null: it cannot be read now. Requires `mutex`.
  std::shared_ptr<const model::Interface> interface_of(const gateway::VersionRoute& route);
  /// Swaps every gateway's table to what journal and supervisor say now. Requires `mutex`.
  void publish();
  /// Verifies the journal, and keeps what was found as `faults`. Requires `state_mutex`.
  Result<void> verify_journal();
  /// What the instances of this platform are marked with.
  [[nodiscard]] std::string owner() const;
  /// Reads a kept version as its last promotion brought it.
  Result<StoredVersion> open(const Digest& payload);
  /// The same, and all its files are as the payload says.
  Result<StoredVersion> open_whole(const Digest& payload);
  /// How a kept version is started in a stage; makes its environment where that is missing.
  Result<target::VersionSpec> spec_of(const StageState& stage, const VersionLabel& label, const StoredVersion& version, const ReportStep& report, std::stop_token token);
  /// Supervises a version of a route, of which that instance runs, from now on; how it is started is prepared meanwhile.
  void supervise(StageState& stage, const std::string& model, const VersionLabel& label, std::optional<target::Instance> running);
  /// Adopts what an earlier platform left of the routes' versions, and stops the rest of it.
  Result<void> take_over();
  /// After a switch: starts the standby where it does not run, and stops what is on no route any more, once it is drained.
  void settle(StageState& stage, const std::string& model);

  Result<JournalRecord> perform(const SwitchRequest& request, const Peer& peer, SystemTime requested, const ReportStep& report, std::stop_token token);
};

}  // namespace mops::platform
