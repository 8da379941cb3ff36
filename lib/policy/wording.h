#pragma once

#include "document/node.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace mops::policy {

// The words that messages about values are put together from.

bool is_scalar(const document::Node& value);

/// The user's words on one line, cut when they are long.
std::string short_text(std::string_view text);
/// A sentence with a space for each control character: schemas and instances may hold any, and a message is one line.
std::string on_one_line(std::string sentence);

/// "found `x`" or "found a list".
std::string found(const document::Node& value);
/// A value of a schema, as it would be written.
std::string choice_text(const document::Node& choice);
/// "a string or a list": `types` are bits of TypeBit.
std::string types_text(uint8_t types);
/// "`a`, `b` or a list": these values (of many a few) and types.
std::string choices_text(std::span<const document::Node* const> choices, uint8_t types = 0);
/// Whether `choices_text` leaves some of so many out.
bool are_many(size_t choices);
/// "`a`, `b` and 10 more" where a list of all would hide the sentence.
std::string shortened_list(std::span<const std::string> words, std::string_view conjunction);

/// Without case, dashes and blanks.
std::string folded(std::string_view text);
/// The word that was meant: equal but for case and dashes, near by edit distance, or the only one that contains it, is in it, or that it
/// abbreviates.
std::optional<std::string> meant(std::string_view word, std::span<const std::string> known);

}  // namespace mops::policy
