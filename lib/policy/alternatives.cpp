#include "policy/alternatives.h"

#include <algorithm>

namespace mops::policy {
namespace {

using document::Entry;
using document::Node;

std::optional<Misfit> join_here(const std::vector<Misfits>& branches, const Place& place) {
  uint8_t types = 0;
  std::vector<const Node*> choices;
  for (const Misfits& branch : branches) {
    if (branch.size() != 1 || branch[0].node != place.node) return std::nullopt;
    if (branch[0].is_choice) choices.insert(choices.end(), branch[0].choices.begin(), branch[0].choices.end());
    else if (branch[0].kind == MisfitKind::wrong_type) types |= branch[0].types;
    else return std::nullopt;
  }
  if (choices.empty()) return wrong_type(place, types);
  return bad_choice(place, std::move(choices), types);
}

/// The words that all branches want in place of `word`; empty: one of them has nothing against it.
std::vector<const Node*> choices_at(const std::vector<Misfits>& branches, const Node* word) {
  std::vector<const Node*> choices;
  for (const Misfits& branch : branches) {
    const auto misfit = std::find_if(branch.begin(), branch.end(), [&](const Misfit& m) { return m.node == word && m.is_choice; });
    if (misfit == branch.end()) return {};
    choices.insert(choices.end(), misfit->choices.begin(), misfit->choices.end());
  }
  return choices;
}

std::optional<Misfit> join_below(const std::vector<Misfits>& branches, const Place& place) {
  for (const Misfit& misfit : branches.front()) {
    if (!misfit.is_choice || misfit.parent != place.node) continue;
    const auto& entries = place.node->entries;
    const auto entry = std::find_if(entries.begin(), entries.end(), [&](const Entry& e) { return &e.value == misfit.node; });
    if (entry == entries.end()) continue;
    if (auto choices = choices_at(branches, misfit.node); !choices.empty())
      return bad_choice(Place{.node = &entry->value, .key = &entry->key, .parent = &place}, std::move(choices));
  }
  return std::nullopt;
}

}  // namespace

size_t distance(const Misfits& misfits, const document::Node& value) {
  size_t sum = 0;
  for (const Misfit& misfit : misfits) {
    if (misfit.node == &value && misfit.kind == MisfitKind::wrong_type) sum += 10'000;
    else if (misfit.node == &value && misfit.is_choice) sum += 5'000;
    else if (misfit.parent == &value && misfit.is_choice) sum += 1'000;
    else if (misfit.is_choice) sum += 100;
    else sum += 10;
  }
  return sum;
}

std::optional<Misfit> join_alternatives(const std::vector<Misfits>& branches, const Place& place) {
  if (auto here = join_here(branches, place)) return here;
  return join_below(branches, place);
}

}  // namespace mops::policy
