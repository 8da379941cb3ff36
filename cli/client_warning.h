#pragma once

#include "cli/env.h"
#include "platform/admin_client.h"

namespace mops::cli {

// Say on standard error when clients of one version fail on another one, as far as both are below the platform's folder. Never in
// the way of a switch: what cannot be read is passed over.

/// Of the version that serves, on the one that is asked for.
void warn_before(Env& env, platform::AdminClient& client, const platform::SwitchRequest& request);
/// Of the version that was left, on the one that serves now.
void warn_after(Env& env, const platform::StateFolder& folder, const platform::JournalRecord& record);

}  // namespace mops::cli
