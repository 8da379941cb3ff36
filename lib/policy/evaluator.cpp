#include "policy/evaluator.h"

#include "policy/leaves.h"

#include <algorithm>

namespace mops::policy {
namespace {

using document::Entry;
using document::Node;
using document::NodeKind;

constexpr uint32_t k_deepest = 4000;
constexpr uint64_t k_most_steps = 50'000'000;

bool asks_for_unevaluated(const Subschema& s, const Node& value) {
  return (value.kind == NodeKind::map && s.unevaluated_properties != k_none) ||
         (value.kind == NodeKind::list && s.unevaluated_items != k_none);
}

}  // namespace

void Seen::add(size_t index) {
  if (bits_.size() <= index / 64) bits_.resize(index / 64 + 1);
  bits_[index / 64] |= uint64_t{1} << (index % 64);
}

void Seen::add_front(size_t count) {
  for (size_t i = 0; i < count; ++i) add(i);
}

void Seen::add(const Seen& other) {
  all_ = all_ || other.all_;
  if (bits_.size() < other.bits_.size()) bits_.resize(other.bits_.size());
  for (size_t i = 0; i < other.bits_.size(); ++i) bits_[i] |= other.bits_[i];
}

Evaluator::Visit::Visit(Evaluator& evaluator, const Subschema& schema) : evaluator_(evaluator) {
  ++evaluator_.depth_;
  if (evaluator_.depth_ > k_deepest || ++evaluator_.steps_ > k_most_steps) evaluator_.gave_up_ = true;
  pushed_ = evaluator_.scope_.empty() || evaluator_.scope_.back() != schema.resource;
  if (pushed_) evaluator_.scope_.push_back(schema.resource);
}

Evaluator::Visit::~Visit() {
  --evaluator_.depth_;
  if (pushed_) evaluator_.scope_.pop_back();
}

bool Evaluator::fits(SchemaIndex index, const Node& value, Seen* seen) {
  const Subschema& s = program_.subschemas[index];
  if (s.shape != Shape::keywords) return s.shape == Shape::accepts_all;
  const Visit visit(*this, s);
  if (!visit) return false;
  if (!asks_for_unevaluated(s, value)) return fits_but_unevaluated(s, value, seen);
  // It goes by what its own schema has looked at, not by what stands beside it.
  Seen own;
  if (!fits_but_unevaluated(s, value, &own) || !unevaluated_fits(s, value, own)) return false;
  if (seen != nullptr) seen->add_all();
  return true;
}

bool Evaluator::fits_but_unevaluated(const Subschema& s, const Node& value, Seen* seen) {
  if (s.types != k_any_type && (s.types & types_of(value)) == 0) return false;
  if (s.has_leaf_keywords && leaf_misfits(program_, s, value, scratch_, Effort::first_misfit) != 0) return false;
  if (s.has_applicators && !applicators_fit(s, value, seen)) return false;
  if (value.kind == NodeKind::map) return map_fits(s, value, seen);
  if (value.kind == NodeKind::list) return list_fits(s, value, seen);
  return true;
}

SchemaIndex Evaluator::dynamic_target(const Subschema& s) const {
  if (s.dynamic_anchor == k_none) return s.dynamic_ref;
  const auto& holders = program_.dynamic_anchors[s.dynamic_anchor].second;
  for (const uint32_t resource : scope_) {
    const auto found =
        std::lower_bound(holders.begin(), holders.end(), resource, [](const auto& row, uint32_t r) { return row.first < r; });
    if (found != holders.end() && found->first == resource) return found->second;
  }
  return s.dynamic_ref;
}

bool Evaluator::applicators_fit(const Subschema& s, const Node& value, Seen* seen) {
  if (s.ref != k_none && !fits(s.ref, value, seen)) return false;
  if (s.dynamic_ref != k_none && !fits(dynamic_target(s), value, seen)) return false;
  for (const SchemaIndex part : Program::part(program_.schemas, s.all_of))
    if (!fits(part, value, seen)) return false;
  if (!alternatives_fit(s, value, seen) || !condition_fits(s, value, seen)) return false;
  if (value.kind == NodeKind::map) {
    for (const NamedSchema& dependent : Program::part(program_.named, s.dependent_schemas))
      if (value.find(dependent.name) != nullptr && !fits(dependent.schema, value, seen)) return false;
  }
  return true;
}

bool Evaluator::alternatives_fit(const Subschema& s, const Node& value, Seen* seen) {
  const auto count_fitting = [&](PoolRange range, size_t enough) {
    size_t count = 0;
    for (const SchemaIndex part : Program::part(program_.schemas, range)) {
      Seen branch;
      if (!fits(part, value, seen == nullptr ? nullptr : &branch)) continue;
      if (seen != nullptr) seen->add(branch);
      if (++count >= enough) break;
    }
    return count;
  };
  // Who asks what was seen must hear of every branch that fits.
  if (!s.any_of.empty() && count_fitting(s.any_of, seen == nullptr ? 1 : SIZE_MAX) == 0) return false;
  if (!s.one_of.empty() && count_fitting(s.one_of, 2) != 1) return false;
  return s.not_schema == k_none || !fits(s.not_schema, value) || gave_up_;
}

bool Evaluator::condition_fits(const Subschema& s, const Node& value, Seen* seen) {
  if (s.if_schema == k_none) return true;
  Seen condition;
  const bool holds = fits(s.if_schema, value, seen == nullptr ? nullptr : &condition);
  if (holds && seen != nullptr) seen->add(condition);
  const SchemaIndex consequence = holds ? s.then_schema : s.else_schema;
  return consequence == k_none || fits(consequence, value, seen);
}

bool Evaluator::map_fits(const Subschema& s, const Node& map, Seen* seen) {
  for (const std::string_view key : Program::part(program_.texts, s.required))
    if (map.find(key) == nullptr) return false;
  for (const NamedKeys& dependent : Program::part(program_.named_keys, s.dependent_required)) {
    if (map.find(dependent.name) == nullptr) continue;
    for (const std::string_view key : Program::part(program_.texts, dependent.keys))
      if (map.find(key) == nullptr) return false;
  }
  const bool looks_at_entries =
      !s.properties.empty() || !s.pattern_properties.empty() || s.additional_properties != k_none || s.property_names != k_none;
  if (!looks_at_entries) return true;
  for (size_t i = 0; i < map.entries.size(); ++i) {
    const Entry& entry = map.entries[i];
    if (s.property_names != k_none && !fits(s.property_names, entry.key)) return false;
    bool known = false;
    if (const SchemaIndex property = program_.property(s, entry.key.text); property != k_none) {
      known = true;
      if (!fits(property, entry.value)) return false;
    }
    for (const PatternSchema& part : Program::part(program_.by_pattern, s.pattern_properties)) {
      if (program_.patterns[part.pattern].search(entry.key.text, scratch_) != Match::yes) continue;
      known = true;
      if (!fits(part.schema, entry.value)) return false;
    }
    if (!known && s.additional_properties != k_none) {
      known = true;
      if (!fits(s.additional_properties, entry.value)) return false;
    }
    if (known && seen != nullptr) seen->add(i);
  }
  return true;
}

uint64_t Evaluator::count_contained(const Subschema& s, const Node& list, Seen* seen) {
  uint64_t count = 0;
  for (size_t i = 0; i < list.items.size(); ++i) {
    if (!fits(s.contains, list.items[i])) continue;
    ++count;
    if (seen != nullptr) seen->add(i);
  }
  return count;
}

bool Evaluator::list_fits(const Subschema& s, const Node& list, Seen* seen) {
  const auto prefix = Program::part(program_.schemas, s.prefix_items);
  const size_t in_prefix = std::min(prefix.size(), list.items.size());
  for (size_t i = 0; i < in_prefix; ++i)
    if (!fits(prefix[i], list.items[i])) return false;
  if (seen != nullptr) seen->add_front(in_prefix);
  if (s.items != k_none) {
    for (size_t i = in_prefix; i < list.items.size(); ++i)
      if (!fits(s.items, list.items[i])) return false;
    if (seen != nullptr) seen->add_all();
  }
  if (s.contains == k_none) return true;
  const uint64_t contained = count_contained(s, list, seen);
  return contained >= s.min_contains && contained <= s.max_contains;
}

bool Evaluator::unevaluated_fits(const Subschema& s, const Node& value, const Seen& seen) {
  if (value.kind == NodeKind::map) {
    for (size_t i = 0; i < value.entries.size(); ++i)
      if (!seen.has(i) && !fits(s.unevaluated_properties, value.entries[i].value)) return false;
    return true;
  }
  for (size_t i = 0; i < value.items.size(); ++i)
    if (!seen.has(i) && !fits(s.unevaluated_items, value.items[i])) return false;
  return true;
}

}  // namespace mops::policy
