#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mops {

/// Lower-case hex of any bytes, and back. `from_hex` wants exactly 2 x out.size() hex digits of either case.
std::string to_hex(std::span<const uint8_t> bytes);
bool from_hex(std::string_view hex, std::span<uint8_t> out);

/// RFC 4648 with padding, and its strict reverse (nullopt: not base64).
std::string to_base64(std::string_view bytes);
std::optional<std::string> from_base64(std::string_view text);

std::vector<std::string_view> split(std::string_view text, char separator);
std::string join(std::span<const std::string> parts, std::string_view separator);
std::string_view trim(std::string_view text);
std::string replace_all(std::string_view text, std::string_view from, std::string_view to);

/// Byte offset of the first byte that is not well-formed UTF-8 (RFC 3629), or nullopt.
std::optional<size_t> find_invalid_utf8(std::string_view text);
/// Code points of well-formed UTF-8.
size_t count_code_points(std::string_view text);
/// Columns on a terminal (wide East Asian characters count two, combining marks none).
size_t display_width(std::string_view text);

/// Damerau-Levenshtein (adjacent swaps count one), over bytes.
size_t edit_distance(std::string_view a, std::string_view b);
/// The candidate nearest to `word` if it is near enough to be a slip (at most a third of its length, at least 1).
std::optional<std::string> nearest(std::string_view word, std::span<const std::string> candidates);

/// "`a`, `b` or `c`".
std::string quoted_list(std::span<const std::string> words, std::string_view conjunction);

}  // namespace mops
