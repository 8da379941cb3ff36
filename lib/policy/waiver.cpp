#include "policy/waiver.h"

#include <array>
#include <algorithm>

namespace mops::policy {

using document::Node;
using document::NodeKind;

std::vector<Waiver> read_waivers(const document::Document& manifest) {
  std::vector<Waiver> waivers;
  const Node* policy = manifest.root() == nullptr ? nullptr : manifest.root()->find("policy");
  const Node* list = policy == nullptr ? nullptr : policy->find("waivers");
  if (list == nullptr) return waivers;
  for (const Node& item : list->items) {
    const auto text = [&](std::string_view key) { return item.find(key) == nullptr || item.find(key)->kind != NodeKind::string ? nullptr : item.find(key); };
    const Node* rule = text("rule");
    const Node* owner = text("owner");
    const Node* reason = text("reason");
    const Node* expires = text("expires");
    if (rule == nullptr || owner == nullptr || reason == nullptr || expires == nullptr) continue;
    const auto end = parse_time(expires->text, DateMeans::end_of_day);
    if (!end) continue;
    const Node* path = text("path");
    waivers.push_back({.rule = std::string(rule->text),
                       .path = path == nullptr ? std::string() : std::string(path->text),
                       .owner = std::string(owner->text),
                       .reason = std::string(reason->text),
                       .expires = std::string(expires->text),
                       .end = *end,
                       .rule_span = rule->span,
                       .expires_span = expires->span});
  }
  return waivers;
}

bool can_be_waived(std::string_view rule) {
  constexpr std::array<std::string_view, 5> k_groups = {"manifest/", "yaml/", "json/", "policy/", "waiver/"};
  return rule == "manifest/incomplete" || std::none_of(k_groups.begin(), k_groups.end(), [&](std::string_view group) { return rule.starts_with(group); });
}

}  // namespace mops::policy
