#pragma once

#include "certify/answers.h"
#include "platform/gate.h"
#include "platform/parts.h"

namespace mops::platform {

/// One promotion or rollback, from request to swapped route (switch.cpp: what is decided and written; switch_start.cpp: the
/// version comes up; switch_shift.cpp: requests move to it; switch_drill.cpp: the rehearsal). Until `commit` has written the journal everything can be undone, and
/// is when a step fails.
class Switch {
 public:
  Switch(Platform::Parts& parts, StageState& stage, const SwitchRequest& request, const ReportStep& report, std::stop_token token);

  Result<JournalRecord> run(const Peer& peer, SystemTime requested);
  /// Sends all requests to the standby and back again, asking both for their certified rows through the gateway, and writes how
  /// long that took. Fails, with the primary serving, when the standby is not what a rollback needs.
  Result<JournalRecord> rehearse(const Peer& peer, SystemTime requested);
  /// Looks at all that can be looked at without changing anything, and tells what `run` would do.
  Result<SwitchPlan> plan();

 private:
  /// Requests of the primary, to know how many come at present.
  struct Traffic {
    SteadyTime time;
    uint64_t requests = 0;
  };

  RouteHistory history();
  gateway::VersionStats stats_of(const Digest& payload);
  void plan_shift(const RouteHistory& now, const Promise& promise, const std::function<void(std::string_view, std::string)>& step);
  Result<void> choose();
  bool is_broken();
  Result<void> refuse_after_a_fault();
  Result<void> keep();
  Result<void> admit_here();
  Result<bool> has_served();
  Result<Binding> binding();
  Result<Binding> binding_locked();
  JournalRecord make_record(const Peer& peer, SystemTime requested, const std::optional<VersionLabel>& from);
  Result<JournalRecord> commit(const Peer& peer, SystemTime requested);

  [[nodiscard]] std::optional<target::Instance> find_warm();
  Result<void> bring_up();
  Result<void> warm_up();
  /// Makes good what was done so far.
  void take_down();

  [[nodiscard]] Traffic traffic();
  double live_rate();
  Result<void> ensure_capacity();
  Result<void> shift();
  Result<void> hold_step(uint32_t share, const Promise& promise);
  void give_share(std::optional<uint32_t> share);
  Error back_again(uint32_t share, Error error);
  Error stopped() const;

  Platform::Parts& parts_;
  StageState& stage_;
  const SwitchRequest& request_;
  const ReportStep& report_;
  std::stop_token token_;
  Traffic at_begin_;
  VersionLabel to_;
  std::optional<StoredVersion> version_;
  std::string key_;
  target::VersionSpec spec_;
  target::Instance instance_;
  bool started_here_ = false;
  bool taken_from_supervisor_ = false;
  bool is_supervised_ = false;  ///< was given to the supervisor by this switch
  bool is_sharing_ = false;     ///< gets some of the requests
  std::vector<ShiftStep> steps_;
};

/// The rows that a version was certified with. Error: refused, when they are not among its files.
Result<tensor::Dataset> certified_dataset(FileSystem& files, const StoredVersion& version);

/// `churn@1.2.0`.
std::string shown(const std::string& model, const VersionLabel& label);

}  // namespace mops::platform
