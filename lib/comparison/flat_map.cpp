#include "comparison/flat_map.h"

#include <algorithm>
#include <fmt/format.h>

namespace mops::comparison {

using document::Node;
using document::NodeKind;

namespace {

bool is_single(const Node& node) { return node.kind != NodeKind::list && node.kind != NodeKind::map; }

std::string below(const std::string& way, std::string_view key) { return way.empty() ? std::string(key) : fmt::format("{}.{}", way, key); }

void flatten_into(const Node& node, const std::string& way, std::map<std::string, std::string>& out) {
  if (node.kind == NodeKind::map) {
    for (const document::Entry& entry : node.entries) flatten_into(entry.value, below(way, entry.key.text), out);
  } else if (node.kind == NodeKind::list && std::all_of(node.items.begin(), node.items.end(), is_single)) {
    std::string text;
    for (const Node& item : node.items) text += fmt::format("{}{}", text.empty() ? "" : ", ", item.text);
    out[way] = fmt::format("[{}]", text);
  } else if (node.kind == NodeKind::list) {
    size_t number = 0;
    for (const Node& item : node.items) {
      const Node* name = item.find("name");
      ++number;
      flatten_into(item, below(way, name != nullptr && is_single(*name) ? std::string(name->text) : std::to_string(number)), out);
    }
  } else {
    out[way] = node.text;
  }
}

}  // namespace

std::map<std::string, std::string> flatten(const Node& node, const std::string& way) {
  std::map<std::string, std::string> out;
  flatten_into(node, way, out);
  return out;
}

}  // namespace mops::comparison
