#pragma once

#include <string>
#include <string_view>

namespace mops::scaffold {

/// How the lines of a text end is git's business (core.autocrlf), not the policy's.
enum class LineEnds { lf, crlf };

/// `crlf` when every line that ends, ends so.
LineEnds line_ends_of(std::string_view text);

/// `text` with those line ends. One that has a `\r` of its own stays as it is.
std::string with_line_ends(std::string_view text, LineEnds ends);

}  // namespace mops::scaffold
