#pragma once

#include <string>
#include <string_view>

namespace mops::page {

/// UTF-8 text for HTML and SVG, between tags and in attributes with double quotes. Control characters other than line breaks become U+FFFD.
std::string escaped(std::string_view text);

}  // namespace mops::page
