#pragma once

#include <string>
#include <string_view>

namespace mops::cli {

/// For text and attributes of XML 1.0. What it has no way to write becomes U+FFFD.
std::string xml(std::string_view text);

/// Of GitHub's workflow commands, as @actions/core escapes them: %, CR and LF everywhere, `:` and `,` in properties as well.
std::string github_data(std::string_view text);
std::string github_property(std::string_view text);

}  // namespace mops::cli
