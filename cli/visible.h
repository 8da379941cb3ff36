#pragma once

#include <string>
#include <string_view>

namespace mops::cli {

/// `text` as a terminal may show it on one line, code point for code point: control characters become their pictures (␊, ␛),
/// what would reorder the text or is not UTF-8 becomes U+FFFD. Words of a user's file can so neither break a line, nor drive the
/// terminal or a CI system that reads the log.
std::string visible(std::string_view text);

/// The length in bytes of the code point at the front of a text that is not empty; 1 where it is not UTF-8.
size_t code_point_length(std::string_view text);

}  // namespace mops::cli
