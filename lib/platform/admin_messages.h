#pragma once

#include "base/result.h"
#include "document/document.h"
#include "document/value.h"
#include "platform/chain.h"

#include <optional>
#include <string>
#include <vector>

namespace mops::platform {

/// What a client asks for with `POST /mops/v1/switches`. `to` is absent for a rollback to the
/// version before and for a drill.
struct SwitchRequest {
  SwitchKind kind = SwitchKind::promote;
  std::string stage;                          ///< empty: the only one
  std::string model;
  std::optional<VersionLabel> to;
  std::string incoming;                       ///< folder below the state's `incoming/` with payload and evidence; empty: already kept
  std::string root_commit;                    ///< of the repository that `incoming` was taken from
  std::string folder;                         ///< of the model within it
  std::string repository;                     ///< where it is on the client's machine
  std::string reason;
  std::string actor;
  std::string host;
  std::optional<uint64_t> expected_generation;///< of the model's route as the client saw it
  ShiftPlan shift = {};
  Gates gates = Gates::held;
};

/// What a switch would do, a line a step, after all that can be looked at without changing anything has been looked at.
struct SwitchPlan {
  std::vector<std::string> steps;
};

/// What a client says with `POST /mops/v1/acknowledgements`: these faults of the journal were looked at.
struct AcknowledgeRequest {
  std::vector<std::string> faults;            ///< ids
  std::string reason;
  std::string actor;
};

/// From the worst on. Well: it is ready, and could be started again.
enum class Condition { needs_a_person, needs_time, well };

/// What one version on a route does.
struct VersionStatus {
  VersionLabel label;
  std::string state;                          ///< as target::to_string(InstanceState) says, or stopped
  std::string problem;                        ///< why it is not ready, or could not be started again; empty when all is well
  std::string help;                           ///< what to do about that, where something is known
  uint64_t requests = 0;
  uint64_t failed = 0;
  uint64_t in_flight = 0;
  std::optional<double> p50_ms;
  std::optional<double> p99_ms;
  std::string log;                            ///< file

  [[nodiscard]] Condition condition() const;
};

struct ModelStatus {
  std::string model;
  uint64_t generation = 0;
  std::optional<SystemTime> since;            ///< of the present primary
  std::optional<VersionStatus> primary;
  std::optional<VersionStatus> standby;
  std::optional<VersionStatus> candidate = {};  ///< while it is promoted in steps
  uint64_t candidate_share = 0;               ///< of the requests, in percent
  std::vector<VersionLabel> withdrawn;

  /// The worse one of its versions.
  [[nodiscard]] Condition condition() const;
};

struct StageStatus {
  std::string name;
  std::string listen;                         ///< HOST:PORT in use
  std::vector<ModelStatus> models;
};

struct PlatformStatus {
  std::string platform;
  std::string mops_version;
  int64_t pid = 0;
  SystemTime started{};
  std::string state_folder;
  std::vector<JournalFault> journal_faults;
  std::vector<StageStatus> stages;
};

/// A version on a route that is not as it should be.
struct RouteProblem {
  std::string stage;
  std::string model;
  std::string role;                           ///< primary or standby
  VersionStatus version;
};

/// What needs a person, in the order of the stages; after it what may still become ready by itself.
std::vector<RouteProblem> route_problems(const PlatformStatus& status);

/// How far an operation is. `record` when it ended well, `error` when it did not; neither while it goes on.
struct OperationStatus {
  std::string id;
  std::vector<std::string> steps;
  std::optional<JournalRecord> record;
  std::optional<Error> error;
  [[nodiscard]] bool is_finished() const { return record.has_value() || error.has_value(); }
};

document::Value to_value(const SwitchRequest& request);
document::Value to_value(const SwitchPlan& plan);
document::Value to_value(const PlatformStatus& status);
document::Value to_value(const OperationStatus& status);
document::Value to_value(const Error& error);
document::Value to_value(const CheckedJournal& journal);
document::Value to_value(const AcknowledgeRequest& request);
document::Value to_value(const std::vector<JournalFault>& faults);

/// Errors: invalid. Unknown keys are ignored, so that client and platform may differ by one release.
Result<SwitchRequest> read_switch_request(const document::Document& document);
Result<SwitchPlan> read_switch_plan(const document::Document& document);
Result<PlatformStatus> read_platform_status(const document::Document& document);
Result<OperationStatus> read_operation_status(const document::Document& document);
Result<Error> read_error(const document::Document& document);
Result<CheckedJournal> read_journal(const document::Document& document);
Result<AcknowledgeRequest> read_acknowledge_request(const document::Document& document);
/// Of any answer that has `faults`.
Result<std::vector<JournalFault>> read_faults(const document::Document& document);

}  // namespace mops::platform
