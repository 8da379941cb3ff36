#pragma once

#include "base/result.h"

#include <string_view>

namespace mops::platform {

/// Two programs may talk when their releases are the same or neighbours: of 0.4.2 these are 0.3, 0.4 and 0.5, whatever the last
/// number; of the first release of a major version (2.0) also any of the one before.
/// Error: usage, naming both. `client` and `platform` are what each says of itself.
Result<void> may_talk(std::string_view client, std::string_view platform);

/// Whether `a` is of a later version than `b`. Texts that are no versions are never later.
bool is_later(std::string_view a, std::string_view b);

/// The header by which each end of the admin API says its version.
inline constexpr const char* k_version_header = "mops-version";

}  // namespace mops::platform
