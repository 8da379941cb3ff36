#include "policy/equality.h"

#include "policy/number.h"

#include <algorithm>
#include <functional>
#include <string_view>
#include <vector>

namespace mops::policy {
namespace {

using document::Entry;
using document::Node;
using document::NodeKind;

uint64_t mix(uint64_t seed, uint64_t value) {
  seed ^= value + 0x9E3779B97F4A7C15U + (seed << 6) + (seed >> 2);
  return seed * 0xFF51AFD7ED558CCDU;
}

/// Equal values have equal hashes.
uint64_t hash_of(const Node& node) {
  switch (node.kind) {
    case NodeKind::null: return 1;
    case NodeKind::boolean: return node.boolean ? 2 : 3;
    case NodeKind::integer:
    case NodeKind::number: return mix(4, std::hash<double>()(node.number));
    case NodeKind::string: return mix(5, std::hash<std::string_view>()(node.text));
    case NodeKind::list: {
      uint64_t hash = 6;
      for (const Node& item : node.items) hash = mix(hash, hash_of(item));
      return hash;
    }
    case NodeKind::map: {
      uint64_t hash = 7;
      for (const Entry& entry : node.entries) hash += mix(hash_of(entry.key), hash_of(entry.value));
      return hash;
    }
  }
  return 0;
}

std::vector<const Entry*> sorted_entries(const Node& map) {
  std::vector<const Entry*> entries;
  entries.reserve(map.entries.size());
  for (const Entry& entry : map.entries) entries.push_back(&entry);
  std::sort(entries.begin(), entries.end(), [](const Entry* a, const Entry* b) { return a->key.text < b->key.text; });
  return entries;
}

bool equal_maps(const Node& a, const Node& b) {
  if (a.entries.size() != b.entries.size()) return false;
  const auto entries_a = sorted_entries(a);
  const auto entries_b = sorted_entries(b);
  return std::equal(entries_a.begin(), entries_a.end(), entries_b.begin(),
                    [](const Entry* x, const Entry* y) { return x->key.text == y->key.text && equal_values(x->value, y->value); });
}

}  // namespace

bool equal_values(const Node& a, const Node& b) {
  if (a.is_number() && b.is_number()) return compare_numbers(a, b) == 0;
  if (a.kind != b.kind) return false;
  switch (a.kind) {
    case NodeKind::boolean: return a.boolean == b.boolean;
    case NodeKind::string: return a.text == b.text;
    case NodeKind::list: return std::equal(a.items.begin(), a.items.end(), b.items.begin(), b.items.end(), equal_values);
    case NodeKind::map: return equal_maps(a, b);
    default: return true;
  }
}

std::optional<std::pair<size_t, size_t>> find_equal_items(std::span<const Node> items) {
  std::vector<std::pair<uint64_t, size_t>> order;
  order.reserve(items.size());
  for (size_t i = 0; i < items.size(); ++i) order.emplace_back(hash_of(items[i]), i);
  std::sort(order.begin(), order.end());
  std::optional<std::pair<size_t, size_t>> found;
  for (size_t i = 0; i < order.size(); ++i) {
    for (size_t j = i + 1; j < order.size() && order[j].first == order[i].first; ++j) {
      const auto [first, second] = std::pair(order[i].second, order[j].second);
      if (!equal_values(items[first], items[second])) continue;
      if (!found || second < found->second) found = {first, second};
      break;
    }
  }
  return found;
}

}  // namespace mops::policy
