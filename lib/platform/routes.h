#pragma once

#include "gateway/gateway.h"
#include "platform/journal.h"
#include "platform/stage.h"
#include "target/supervisor.h"

#include <map>
#include <memory>
#include <string>

namespace mops::platform {

/// A version that gets a share of the requests while it is promoted or a rollback to it is rehearsed.
struct Candidate {
  VersionLabel label;
  uint32_t share = 0;           ///< in percent; the primary gets the rest
};

/// One model of a stage, as the journal says. The candidate is in no journal: a platform that starts anew knows of none.
struct ModelState {
  RouteHistory history;
  std::optional<Candidate> candidate = {};
};

/// One stage at work: its gateway, and the models on its routes. Not thread-safe: the platform's mutex guards it.
struct StageState {
  Stage stage;
  std::unique_ptr<gateway::Gateway> gateway;
  std::map<std::string, ModelState> models;
};

/// The route table of a stage: the journal's versions with the endpoints of those instances that are ready.
gateway::RouteTable route_table(const StageState& stage, const std::vector<target::StateChange>& instances);

}  // namespace mops::platform
