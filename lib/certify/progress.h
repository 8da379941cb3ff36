#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

namespace mops::certify {

/// How far a long step is: `done` of `total`.
using Progress = std::function<void(std::string_view what, uint64_t done, uint64_t total)>;

}  // namespace mops::certify
