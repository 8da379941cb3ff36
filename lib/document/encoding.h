#pragma once

#include "base/source.h"

#include <optional>
#include <string>
#include <string_view>

namespace mops::document {

inline constexpr std::string_view k_byte_order_mark = "\xEF\xBB\xBF";

/// Counts lines and code points forward through a text in one pass. A byte order mark at the begin has no column.
class PositionCursor {
 public:
  explicit PositionCursor(std::string_view text) : text_(text) {}
  /// `offset` must not be before the one asked for last.
  Position at(size_t offset);

 private:
  std::string_view text_;
  Position position_;
};

Position position_at(std::string_view text, size_t offset);

struct Unreadable {
  Position position;
  std::string message;
  std::string help;
};

/// The first bytes that no text in UTF-8 holds.
std::optional<Unreadable> find_bad_encoding(std::string_view text);
/// The first character that YAML forbids, or that readers of YAML take for a line break while people see none.
std::optional<Unreadable> find_forbidden_in_yaml(std::string_view text);

}  // namespace mops::document
