#pragma once

#include "base/file_system.h"
#include "base/process.h"
#include "base/result.h"

#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace mops::repository {

enum class PushOutcome {
  pushed,
  already_there,  ///< the same tag
  rejected,       ///< the host said no: another tag of that name, a protected name, no right to write
  host_away,      ///< nobody answered: try again later
};

std::string_view to_string(PushOutcome outcome);

struct PushedTag {
  std::string name;
  PushOutcome outcome = PushOutcome::pushed;
  std::string reason = {};  ///< of rejected and host_away, in git's words, without passwords
};

/// `git push` of tags (names without refs/tags/) from the repository at `root`, by the git program, for its credential
/// helpers, proxies and ssh. It asks on the terminal as the user has set it (GIT_TERMINAL_PROMPT). One answer per tag, in
/// order. Errors: not_found when there is no git program, no such remote or no such tag; interrupted.
Result<std::vector<PushedTag>> push_tags(const Path& root, std::string_view remote, std::span<const std::string> tags,
                                         const Variables& variables, std::stop_token stop = {});

}  // namespace mops::repository
