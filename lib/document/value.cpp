#include "document/value.h"

#include <algorithm>
#include <cassert>
#include <limits>

namespace mops::document {

Value::Value(uint64_t value) {
  if (value <= static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) value_ = static_cast<int64_t>(value);
  else value_ = static_cast<double>(value);
}

Value Value::of(const Node& node) {
  switch (node.kind) {
    case NodeKind::null: return {};
    case NodeKind::boolean: return node.boolean;
    case NodeKind::integer: return node.integer_fits ? Value(node.integer) : Value(node.number);
    case NodeKind::number: return node.number;
    case NodeKind::string: return node.text;
    case NodeKind::list: {
      List items;
      items.reserve(node.items.size());
      for (const Node& item : node.items) items.push_back(of(item));
      return items;
    }
    case NodeKind::map: {
      Map entries;
      entries.reserve(node.entries.size());
      for (const Entry& entry : node.entries) entries.emplace_back(entry.key.text, of(entry.value));
      return entries;
    }
  }
  return {};
}

Value& Value::add(Value item) {
  assert(std::holds_alternative<List>(value_));
  std::get<List>(value_).push_back(std::move(item));
  return *this;
}

Value& Value::set(std::string key, Value value) {
  assert(std::holds_alternative<Map>(value_));
  Map& entries = std::get<Map>(value_);
  const auto found = std::find_if(entries.begin(), entries.end(), [&](const auto& entry) { return entry.first == key; });
  if (found != entries.end()) found->second = std::move(value);
  else entries.emplace_back(std::move(key), std::move(value));
  return *this;
}

}  // namespace mops::document
