#pragma once

#include "document/node.h"

#include <cstdint>
#include <optional>
#include <span>
#include <utility>

namespace mops::policy {

/// Equal as JSON values: 1 equals 1.0, keys in any order, true is not 1.
bool equal_values(const document::Node& a, const document::Node& b);

/// The first two items that are equal, by index, the later one second. n log n comparisons.
std::optional<std::pair<size_t, size_t>> find_equal_items(std::span<const document::Node> items);

}  // namespace mops::policy
