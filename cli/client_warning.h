#pragma once

#include "cli/env.h"
#include "platform/admin_client.h"

namespace mops::cli {

/// Says on standard error when clients of the version that serves would fail on the one that is asked for, as far as both are below
/// the platform's folder. Never in the way of a switch: what cannot be read is passed over.
void warn_of_broken_clients(Env& env, platform::AdminClient& client, const platform::SwitchRequest& request);

}  // namespace mops::cli
