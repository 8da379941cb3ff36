#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mops::policy {

/// What in a file runs code of the file's own when a usual library loads it: "a pickle (protocol 4)", "a PyTorch archive with a
/// pickle". Told by its first bytes and, for archives, by the names in it; nothing is loaded. `path` helps only with compressed files.
std::optional<std::string> find_pickle(std::string_view path, std::string_view bytes);

}  // namespace mops::policy
