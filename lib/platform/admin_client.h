#pragma once

#include "http/transport.h"
#include "platform/admin_messages.h"
#include "platform/operation.h"
#include "platform/state_folder.h"

#include <stop_token>

namespace mops::platform {

/// The other end of the admin API, for verbs. Errors of the platform arrive as they were; outside (with `mops up` as help)
/// when none runs on the folder. Borrows the transport.
class AdminClient {
 public:
  AdminClient(http::Transport& transport, StateFolder folder) : transport_(transport), folder_(std::move(folder)) {}

  [[nodiscard]] const StateFolder& folder() const { return folder_; }

  Result<PlatformStatus> status(std::stop_token stop);
  Result<CheckedJournal> journal(const std::string& model, const std::string& stage, std::stop_token stop);
  /// Returns all faults as they are afterwards.
  Result<std::vector<JournalFault>> acknowledge(const AcknowledgeRequest& request, std::stop_token stop);
  /// What `perform` would do; nothing is changed.
  Result<SwitchPlan> plan(const SwitchRequest& request, std::stop_token stop);
  /// Begins a switch, tells its steps as they come, and returns when it has ended. When `stop` is asked for, the platform is
  /// asked to stop too where it still can, and its word is waited for.
  Result<JournalRecord> perform(const SwitchRequest& request, const ReportStep& report, std::stop_token stop);
  Result<void> request_stop(std::stop_token stop);

 private:
  Result<document::Document> call(const std::string& method, const std::string& path, std::string body, std::stop_token stop);

  http::Transport& transport_;
  StateFolder folder_;
};

}  // namespace mops::platform
