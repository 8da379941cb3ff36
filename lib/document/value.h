#pragma once

#include "document/node.h"

#include <cstdint>
#include <initializer_list>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace mops::document {

/// A tree to be written. Maps keep the order in which they were built.
class Value {
 public:
  using List = std::vector<Value>;
  using Map = std::vector<std::pair<std::string, Value>>;

  Value() = default;
  Value(std::nullptr_t) {}
  Value(bool value) : value_(value) {}
  Value(int value) : value_(static_cast<int64_t>(value)) {}
  Value(unsigned value) : value_(static_cast<int64_t>(value)) {}
  Value(int64_t value) : value_(value) {}
  /// Beyond 63 bits: the nearest double.
  Value(uint64_t value);
  Value(double value) : value_(value) {}
  Value(const char* value) : value_(std::string(value)) {}
  Value(std::string_view value) : value_(std::string(value)) {}
  Value(std::string value) : value_(std::move(value)) {}
  Value(List value) : value_(std::move(value)) {}
  Value(Map value) : value_(std::move(value)) {}

  /// Copies a parsed node.
  static Value of(const Node& node);
  static Value list(List items = {}) { return Value(std::move(items)); }
  static Value map(Map entries = {}) { return Value(std::move(entries)); }

  /// Appends to a list, or sets (replacing) a key of a map. Requires that kind. Return *this for chaining.
  Value& add(Value item);
  Value& set(std::string key, Value value);

  using Alternatives = std::variant<std::monostate, bool, int64_t, double, std::string, List, Map>;
  [[nodiscard]] const Alternatives& alternatives() const { return value_; }

 private:
  Alternatives value_;
};

enum class JsonLayout { compact, indented };

/// UTF-8 JSON. Bytes that are not UTF-8 become U+FFFD. NaN and infinities become null (callers say so beforehand).
/// `indented`: two spaces, newline at the end.
std::string to_json(const Value& value, JsonLayout layout = JsonLayout::compact);

/// RFC 8785 (JSON Canonicalization Scheme): sorted keys by UTF-16 code units, ECMAScript numbers. So an integer beyond 2^53 is
/// written as the nearest double: refuse such integers beforehand where that matters.
std::string to_canonical_json(const Value& value);

/// Block YAML 1.2, newline at the end. Strings that a reader of YAML 1.2 or 1.1 would take for something else
/// are quoted. Non-characters (U+FFFF, U+FDD0 and the like) become U+FFFD.
std::string to_yaml(const Value& value);

}  // namespace mops::document
