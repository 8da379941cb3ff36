#pragma once

#include "scaffold/block.h"
#include "scaffold/fresh_template.h"

#include <optional>
#include <string>
#include <string_view>

namespace mops::scaffold {

/// What stands between the markers of `present` in `text` when it is as the policy has it: the fresh lines with the indentation and
/// the line ends of the place.
std::string expected_content(std::string_view text, const Block& present, const FreshBlock& fresh);

/// `text` with other lines between the markers; every byte outside stays.
std::string with_content(std::string_view text, const Block& present, std::string_view content);

/// `text` without the block and its markers.
std::string without_block(std::string_view text, const Block& present);

/// `text` with a block that it does not have: below the line that the policy names (with the indentation of the line that follows, if
/// that begins as the block does), or at its end. nullopt: it has no such line.
std::optional<std::string> with_block(std::string_view text, const FreshBlock& fresh);

}  // namespace mops::scaffold
