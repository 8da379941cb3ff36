#pragma once

#include "base/source.h"

#include <cstdint>
#include <span>
#include <string_view>

namespace mops::document {

enum class NodeKind : uint8_t { null, boolean, integer, number, string, list, map };

/// How a scalar was written: `plain` is YAML without quotes, where types are guessed.
enum class ScalarStyle : uint8_t { plain, quoted, block };

struct Entry;

/// One value of a parsed document, immutable, with its place. Lives in the arena of its Document and must not outlive it;
/// copying a Node copies a view. Numbers keep the text they were written with: `1.10` is number 1.1 and text "1.10".
struct Node {
  NodeKind kind = NodeKind::null;
  ScalarStyle style = ScalarStyle::plain;
  bool boolean = false;
  bool integer_fits = false;            ///< false: an integer beyond 64 bits, only `number` is usable
  bool is_tagged = false;               ///< a scalar whose kind its tag decides
  bool is_alias = false;                ///< what an alias names, at the place of the alias
  int64_t integer = 0;                  ///< valid for `integer` that fits; see `integer_fits`
  double number = 0;                    ///< valid for `integer` and `number`
  std::string_view text;                ///< string: its value; other scalars: as written
  std::span<const Node> items;          ///< list
  std::span<const Entry> entries;       ///< map, in the order of the file, keys unique
  Span span;

  [[nodiscard]] bool is_number() const { return kind == NodeKind::integer || kind == NodeKind::number; }
  /// The value under `key`; nullptr when this is not a map or has no such key.
  [[nodiscard]] const Node* find(std::string_view key) const;
  /// The entry under `key`, for the place of the key itself.
  [[nodiscard]] const Entry* find_entry(std::string_view key) const;
};

/// A key of a map and its value. Keys are strings (YAML's other keys are findings).
struct Entry {
  Node key;
  Node value;
};

/// "a string", "an integer", "a list" ...: the word for messages.
std::string_view kind_name(NodeKind kind);

}  // namespace mops::document
