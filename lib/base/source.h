#pragma once

#include <cstdint>
#include <string>

namespace mops {

/// A place in a text. Line and column are 1-based, columns count Unicode code points; offset is in bytes from 0.
struct Position {
  uint32_t line = 1;
  uint32_t column = 1;
  uint32_t offset = 0;

  friend bool operator==(const Position&, const Position&) = default;
};

/// Half-open: `end` is the first place that no longer belongs to it. Empty spans point between characters.
struct Span {
  Position begin;
  Position end;

  friend bool operator==(const Span&, const Span&) = default;
};

/// A text that a person can be shown excerpts of. `path` is what the user would type.
struct SourceFile {
  std::string path;
  std::string text;
};

}  // namespace mops
