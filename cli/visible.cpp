#include "cli/visible.h"

#include "base/text.h"

#include <algorithm>

namespace mops::cli {
namespace {

constexpr std::string_view k_replacement = "\xEF\xBF\xBD";

/// C1 controls (U+0080 to U+009F), line and paragraph separators, and the characters that set the direction of text.
bool misleads(std::string_view character) {
  if (character.size() == 2) return character[0] == '\xC2' && static_cast<uint8_t>(character[1]) < 0xA0;
  if (character.size() != 3 || character[0] != '\xE2') return false;
  const auto second = static_cast<uint8_t>(character[1]);
  const auto third = static_cast<uint8_t>(character[2]);
  return (second == 0x80 && (third == 0x8E || third == 0x8F || (third >= 0xA8 && third <= 0xAE))) ||
         (second == 0x81 && third >= 0xA6 && third <= 0xA9);
}

std::string picture_of(char control) {
  // U+2400 and on, U+2421 for DEL.
  return {'\xE2', '\x90', static_cast<char>(control == '\x7F' ? 0xA1 : 0x80 + control)};
}

}  // namespace

size_t code_point_length(std::string_view text) {
  const auto first = static_cast<uint8_t>(text[0]);
  const size_t length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  return text.size() < length || find_invalid_utf8(text.substr(0, length)) ? 1 : length;
}

std::string visible(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto plain = std::find_if(text.begin(), text.end(), [](char c) { return c < 0x20 || c == 0x7F; });
    out.append(text.begin(), plain);
    text.remove_prefix(static_cast<size_t>(plain - text.begin()));
    if (text.empty()) break;
    const std::string_view character = text.substr(0, code_point_length(text));
    const bool is_ascii = static_cast<uint8_t>(character[0]) < 0x80;
    if (is_ascii) out += picture_of(character[0]);
    else out += character.size() == 1 || misleads(character) ? k_replacement : character;
    text.remove_prefix(character.size());
  }
  return out;
}

}  // namespace mops::cli
