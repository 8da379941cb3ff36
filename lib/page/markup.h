#pragma once

#include <string>
#include <string_view>

namespace mops::page {

/// Text for HTML and SVG, between tags and in attributes with double quotes. Control characters other than line breaks, and bytes that are
/// not UTF-8, become U+FFFD.
std::string escaped(std::string_view text);

}  // namespace mops::page
