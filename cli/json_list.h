#pragma once

#include "document/value.h"

#include <string>

namespace mops::cli {

/// The items of a list in a JSON document that is written piece by piece, laid out as to_json(indented) would. Whoever uses it
/// writes the `[` and what is around.
class JsonList {
 public:
  /// `depth`: how many brackets and braces are open when an item is written.
  explicit JsonList(size_t depth) : depth_(depth) {}

  std::string next(const document::Value& item);
  /// The `]`.
  [[nodiscard]] std::string end() const;

 private:
  size_t depth_;
  bool is_empty_ = true;
};

/// Indented JSON as it stands inside `depth` brackets and braces: without a line break at its end.
std::string indented_json(const document::Value& value, size_t depth);

}  // namespace mops::cli
