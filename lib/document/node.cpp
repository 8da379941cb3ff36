#include "document/node.h"

#include <algorithm>

namespace mops::document {

const Entry* Node::find_entry(std::string_view key) const {
  const auto found = std::find_if(entries.begin(), entries.end(), [&](const Entry& entry) { return entry.key.text == key; });
  return found == entries.end() ? nullptr : &*found;
}

const Node* Node::find(std::string_view key) const {
  const Entry* entry = find_entry(key);
  return entry == nullptr ? nullptr : &entry->value;
}

std::string_view kind_name(NodeKind kind) {
  switch (kind) {
    case NodeKind::null: return "null";
    case NodeKind::boolean: return "a boolean";
    case NodeKind::integer: return "an integer";
    case NodeKind::number: return "a number";
    case NodeKind::string: return "a string";
    case NodeKind::list: return "a list";
    case NodeKind::map: return "a map";
  }
  return "nothing";
}

}  // namespace mops::document
