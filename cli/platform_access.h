#pragma once

#include "cli/env.h"
#include "cli/option.h"
#include "platform/admin_client.h"

#include <string>

namespace mops::cli {

/// The admin client of the platform that the user means: `--state`, MOPS_STATE, or the usual folder.
Result<platform::AdminClient> platform_of(Env& env, const std::string& state);

/// `--state DIR`, the same for every verb that talks to a platform.
Option state_option(std::string& target);

/// "3 minutes ago", for people.
std::string ago(SystemTime now, SystemTime then);

/// Who acts: git's user.name, else $USER, and the host.
struct ActingUser {
  std::string name;
  std::string host;
};
ActingUser acting_user(Env& env);

}  // namespace mops::cli
