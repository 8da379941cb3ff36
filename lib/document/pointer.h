#pragma once

#include "document/node.h"

#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace mops::document {

/// From a value to one below it: the key of a map, or the index (from 0) in a list.
using Step = std::variant<std::string_view, size_t>;

/// RFC 6901: `/datasets/0/path`; the empty text is the root.
std::string pointer_of(std::span<const Step> steps);

/// The pointer of `node` within `root`, found by identity (walks the tree). Nothing else but a part of `root` may be given.
std::string pointer_of(const Node& root, const Node& node);

/// Appends one step to a pointer.
void append_step(std::string& pointer, const Step& step);

/// The value that an RFC 6901 pointer names; nullptr: nothing is there, or this is no pointer.
const Node* find_pointer(const Node& root, std::string_view pointer);

}  // namespace mops::document
