#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace mops::comparison {

/// The packages that a lock file names, with their versions, where each line is `NAME==VERSION`, `NAME=VERSION`, `NAME@VERSION`,
/// `NAME @ ADDRESS` or `NAME VERSION`; comments (`#`), options (`--hash`), indented lines and what stands behind ` ;` are passed over.
/// nullopt: the file is written in another way, or names no package.
std::optional<std::map<std::string, std::string>> read_package_list(std::string_view text);

}  // namespace mops::comparison
