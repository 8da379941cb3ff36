#include "document/encoding.h"

#include "base/text.h"

#include <fmt/format.h>
#include <cstring>

namespace mops::document {
namespace {

uint32_t decode(std::string_view text, size_t at) {
  const auto byte = [&](size_t i) { return static_cast<uint32_t>(static_cast<unsigned char>(text[at + i])); };
  if (byte(0) < 0x80) return byte(0);
  if (byte(0) < 0xE0) return (byte(0) & 0x1F) << 6 | (byte(1) & 0x3F);
  if (byte(0) < 0xF0) return (byte(0) & 0x0F) << 12 | (byte(1) & 0x3F) << 6 | (byte(2) & 0x3F);
  return (byte(0) & 0x07) << 18 | (byte(1) & 0x3F) << 12 | (byte(2) & 0x3F) << 6 | (byte(3) & 0x3F);
}

bool is_forbidden_in_yaml(uint32_t c) {
  if (c < 0x20) return c != '\t' && c != '\n' && c != '\r';
  return (c >= 0x7F && c < 0xA0) || c == 0x2028 || c == 0x2029 || c == 0xFEFF || c == 0xFFFE || c == 0xFFFF;
}

/// Eight bytes of which none is a control character, DEL or part of a longer character.
bool are_plain(const char* text) {
  constexpr uint64_t k_ones = 0x0101010101010101U;
  constexpr uint64_t k_high_bits = 0x80 * k_ones;
  uint64_t eight = 0;
  std::memcpy(&eight, text, sizeof eight);
  const uint64_t below_space = eight - 0x20 * k_ones;
  const uint64_t beyond_tilde = eight + k_ones;
  return ((eight | below_space | beyond_tilde) & k_high_bits) == 0;
}

std::string name_of(uint32_t c) {
  switch (c) {
    case 0x00: return "a NUL character";
    case 0x85: return "the line break U+0085";
    case 0x2028: return "the line break U+2028";
    case 0x2029: return "the line break U+2029";
    case 0xFEFF: return "a byte order mark in the middle of the text";
    default: return fmt::format("the control character U+{:04X}", c);
  }
}

}  // namespace

Position PositionCursor::at(size_t offset) {
  size_t i = position_.offset;
  if (i == 0 && offset >= k_byte_order_mark.size() && text_.starts_with(k_byte_order_mark)) i = k_byte_order_mark.size();
  for (; i < offset; ++i) {
    if (text_[i] == '\n') {
      ++position_.line;
      position_.column = 1;
    } else if ((text_[i] & 0xC0) != 0x80) {
      ++position_.column;
    }
  }
  position_.offset = static_cast<uint32_t>(offset);
  return position_;
}

Position position_at(std::string_view text, size_t offset) { return PositionCursor(text).at(offset); }

std::optional<Unreadable> find_bad_encoding(std::string_view text) {
  if (text.size() > UINT32_MAX) return Unreadable{{}, "the file is larger than 4 GiB", "split the file"};
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF"))
    return Unreadable{{}, "found UTF-16, expected UTF-8", "save the file as UTF-8"};
  const auto bad = find_invalid_utf8(text);
  if (!bad) return std::nullopt;
  return Unreadable{position_at(text, *bad),
                    fmt::format("found the byte 0x{:02X}, which is not UTF-8", static_cast<unsigned char>(text[*bad])),
                    "save the file as UTF-8"};
}

std::optional<Unreadable> find_forbidden_in_yaml(std::string_view text) {
  for (size_t i = text.starts_with(k_byte_order_mark) ? k_byte_order_mark.size() : 0; i < text.size(); ++i) {
    while (i + 8 < text.size() && are_plain(text.data() + i)) i += 8;
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte >= 0x20 && byte < 0x7F) continue;
    if ((byte & 0xC0) == 0x80) continue;
    if (byte == '\r' && (i + 1 == text.size() || text[i + 1] != '\n'))
      return Unreadable{position_at(text, i), "found a carriage return without a line feed", "end lines with a line feed"};
    const uint32_t c = decode(text, i);
    if (!is_forbidden_in_yaml(c)) continue;
    return Unreadable{position_at(text, i), fmt::format("found {}, which YAML does not allow here", name_of(c)),
                      c == 0xFEFF || c == 0 ? "remove it" : fmt::format("write it as an escape in double quotes: `\"\\u{:04X}\"`", c)};
  }
  return std::nullopt;
}

}  // namespace mops::document
