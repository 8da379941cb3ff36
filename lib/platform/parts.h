#pragma once

#include "platform/platform.h"
#include "platform/recorded_target.h"
#include "platform/routes.h"
#include "platform/version_store.h"
#include "target/local_target.h"

#include <mutex>
#include <thread>

namespace mops::platform {

/// What a platform is made of; shared by platform.cpp (life) and switch.cpp (promotions and rollbacks). `mutex` guards
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
  target::LocalTarget local;
  RecordedTarget target;
  target::Supervisor supervisor;
  std::vector<StageState> stages;
  std::string id;
  SystemTime started{};
  std::stop_source stop;
  std::jthread supervising;
  std::vector<std::jthread> retiring;
  Operations operations;

  /// The stage of that name, or the only one when `name` is empty. Error: not_found, usage.
  Result<StageState*> find_stage(const std::string& name);
  /// Swaps every gateway's table to what journal and supervisor say now. Requires `mutex`.
  void publish();
  /// How a kept version is started in a stage; makes its environment where that is missing.
  Result<target::VersionSpec> spec_of(const StageState& stage, const VersionLabel& label, const StoredVersion& version, const ReportStep& report, std::stop_token token);
  /// After a switch: starts the standby where it does not run, and stops what is on no route any more, once it is drained.
  void settle(StageState& stage, const std::string& model);

  Result<JournalRecord> perform(const SwitchRequest& request, const Peer& peer, SystemTime requested, const ReportStep& report, std::stop_token token);
};

}  // namespace mops::platform
