#pragma once

#include "cli/command.h"
#include "cli/platform_access.h"
#include "cli/workspace.h"

#include <string>
#include <vector>

namespace mops::cli {

/// What promote, rollback and drill have in common: they ask the platform for a switch and tell how it went.
class SwitchCommand : public Command {
 protected:
  /// Asks, tells the steps as they come, prints the record, writes and publishes its tag: in `workspace`, or in the one where the user
  /// stands, if any. Going back must be quick and depend on nothing: what can be done afterwards is.
  Result<ExitCode> perform(Env& env, platform::AdminClient& client, platform::SwitchRequest request, Workspace* workspace);
  void add_common_options(std::vector<Option>& options, Presence reason);

  std::string reason_;
  std::string repository_;
  bool no_push_ = false;
  std::string format_ = "text";
  std::string state_;

 private:
  void tag(Env& env, Workspace& workspace, const platform::JournalRecord& record) const;
};

}  // namespace mops::cli
