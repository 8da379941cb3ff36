#include "cli/markup.h"

#include "base/text.h"
#include "cli/visible.h"

#include <cstdint>
#include <fmt/format.h>

namespace mops::cli {

std::string xml(std::string_view text) {
  constexpr std::string_view k_replacement = "\xEF\xBF\xBD";
  std::string out;
  while (!text.empty()) {
    const std::string_view character = text.substr(0, code_point_length(text));
    const char c = character[0];
    const bool is_broken = character.size() == 1 && static_cast<uint8_t>(c) >= 0x80;
    if (c == '&') out += "&amp;";
    else if (c == '<') out += "&lt;";
    else if (c == '>') out += "&gt;";
    else if (c == '"') out += "&quot;";
    else if (c == '\n' || c == '\t' || c == '\r') out += fmt::format("&#{};", static_cast<int>(c));
    else if ((static_cast<uint8_t>(c) < 0x20) || is_broken || character == "\xEF\xBF\xBE" || character == "\xEF\xBF\xBF") out += k_replacement;
    else out += character;
    text.remove_prefix(character.size());
  }
  return out;
}

std::string github_data(std::string_view text) { return replace_all(replace_all(replace_all(text, "%", "%25"), "\r", "%0D"), "\n", "%0A"); }

std::string github_property(std::string_view text) { return replace_all(replace_all(github_data(text), ":", "%3A"), ",", "%2C"); }

}  // namespace mops::cli
