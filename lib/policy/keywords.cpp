#include "policy/compiler.h"

#include "base/text.h"

#include <fmt/format.h>
#include <algorithm>
#include <array>

namespace mops::policy {
namespace {

using document::Entry;
using document::Node;
using document::NodeKind;

constexpr std::array<std::pair<std::string_view, uint8_t>, 7> k_types = {{{"array", type_list},
                                                                          {"boolean", type_boolean},
                                                                          {"integer", type_integer},
                                                                          {"null", type_null},
                                                                          {"number", type_number},
                                                                          {"object", type_map},
                                                                          {"string", type_string}}};

uint32_t size_of(const auto& pool) { return static_cast<uint32_t>(pool.size()); }

}  // namespace

const Compiler::Keyword* Compiler::find_keyword(std::string_view name) {
  using C = Compiler;
  using S = Subschema;
  constexpr auto always = Keyword::Vocabulary::always;
  constexpr auto validation = Keyword::Vocabulary::validation;
  // Sorted by name.
  static constexpr std::array k_keywords = {
      Keyword{"$dynamicRef", &C::read_dynamic_ref, always},
      Keyword{"$ref", &C::read_ref, always},
      Keyword{"additionalProperties", &C::one<&S::additional_properties>, always},
      Keyword{"allOf", &C::list<&S::all_of>, always},
      Keyword{"anyOf", &C::list<&S::any_of>, always},
      Keyword{"const", &C::read_const, validation},
      Keyword{"contains", &C::one<&S::contains>, always},
      Keyword{"dependentRequired", &C::read_dependent_required, validation},
      Keyword{"dependentSchemas", &C::map<&S::dependent_schemas>, always},
      Keyword{"else", &C::one<&S::else_schema>, always},
      Keyword{"enum", &C::read_enum, validation},
      Keyword{"exclusiveMaximum", &C::limit<&S::exclusive_maximum>, validation},
      Keyword{"exclusiveMinimum", &C::limit<&S::exclusive_minimum>, validation},
      Keyword{"format", &C::read_format, always},
      Keyword{"if", &C::one<&S::if_schema>, always},
      Keyword{"items", &C::one<&S::items>, always},
      Keyword{"maxContains", &C::number_of<&S::max_contains>, validation},
      Keyword{"maxItems", &C::number_of<&S::max_items>, validation},
      Keyword{"maxLength", &C::number_of<&S::max_length>, validation},
      Keyword{"maxProperties", &C::number_of<&S::max_properties>, validation},
      Keyword{"maximum", &C::limit<&S::maximum>, validation},
      Keyword{"minContains", &C::number_of<&S::min_contains>, validation},
      Keyword{"minItems", &C::number_of<&S::min_items>, validation},
      Keyword{"minLength", &C::number_of<&S::min_length>, validation},
      Keyword{"minProperties", &C::number_of<&S::min_properties>, validation},
      Keyword{"minimum", &C::limit<&S::minimum>, validation},
      Keyword{"multipleOf", &C::read_multiple_of, validation},
      Keyword{"not", &C::one<&S::not_schema>, always},
      Keyword{"oneOf", &C::list<&S::one_of>, always},
      Keyword{"pattern", &C::read_pattern, validation},
      Keyword{"patternProperties", &C::read_pattern_properties, always},
      Keyword{"prefixItems", &C::list<&S::prefix_items>, always},
      Keyword{"properties", &C::map<&S::properties>, always},
      Keyword{"propertyNames", &C::one<&S::property_names>, always},
      Keyword{"required", &C::read_required, validation},
      Keyword{"then", &C::one<&S::then_schema>, always},
      Keyword{"type", &C::read_type, validation},
      Keyword{"unevaluatedItems", &C::one<&S::unevaluated_items>, always},
      Keyword{"unevaluatedProperties", &C::one<&S::unevaluated_properties>, always},
      Keyword{"uniqueItems", &C::read_unique_items, validation},
  };
  const auto* found =
      std::lower_bound(k_keywords.begin(), k_keywords.end(), name, [](const Keyword& row, std::string_view key) { return row.name < key; });
  return found != k_keywords.end() && found->name == name ? found : nullptr;
}

bool Compiler::expect(const Entry& entry, NodeKind kind) {
  if (entry.value.kind == kind) return true;
  report(entry.value,
         fmt::format("found {} in `{}`, expected {}", document::kind_name(entry.value.kind), entry.key.text, document::kind_name(kind)));
  return false;
}

void Compiler::one_schema(const Entry& entry, SchemaIndex Subschema::*member) { now_.*member = schema(entry.value); }

void Compiler::schema_list(const Entry& entry, PoolRange Subschema::*member) {
  if (!expect(entry, NodeKind::list)) return;
  const PoolRange range{.begin = size_of(program_.schemas), .count = size_of(entry.value.items)};
  for (const Node& item : entry.value.items) program_.schemas.push_back(schema(item));
  now_.*member = range;
  if (range.empty()) report(entry.value, fmt::format("`{}` is empty", entry.key.text));
}

void Compiler::schema_map(const Entry& entry, PoolRange Subschema::*member) {
  if (!expect(entry, NodeKind::map)) return;
  const PoolRange range{.begin = size_of(program_.named), .count = size_of(entry.value.entries)};
  for (const Entry& item : entry.value.entries) program_.named.push_back({.name = item.key.text, .schema = schema(item.value)});
  std::sort(program_.named.begin() + range.begin, program_.named.end(),
            [](const NamedSchema& a, const NamedSchema& b) { return a.name < b.name; });
  now_.*member = range;
}

void Compiler::count(const Entry& entry, uint64_t Subschema::*member) {
  constexpr double k_largest = 9e15;
  const Node& value = entry.value;
  if (value.is_number() && is_integral(value) && value.number >= 0) now_.*member = static_cast<uint64_t>(std::min(value.number, k_largest));
  else report(value, fmt::format("found `{}` in `{}`, expected an integer of at least 0", value.text, entry.key.text));
}

void Compiler::bound(const Entry& entry, const Node* Subschema::*member) {
  if (entry.value.is_number()) now_.*member = &entry.value;
  else report(entry.value, fmt::format("found {} in `{}`, expected a number", document::kind_name(entry.value.kind), entry.key.text));
}

PoolRange Compiler::text_list(const Entry& entry) {
  if (!expect(entry, NodeKind::list)) return {};
  const PoolRange range{.begin = size_of(program_.texts), .count = size_of(entry.value.items)};
  for (const Node& item : entry.value.items) {
    if (item.kind != NodeKind::string)
      report(item, fmt::format("found {} in `{}`, expected a string", document::kind_name(item.kind), entry.key.text));
    program_.texts.push_back(item.text);
  }
  return range;
}

uint32_t Compiler::pattern(const Node& text) {
  const auto known = std::find(program_.pattern_texts.begin(), program_.pattern_texts.end(), text.text);
  if (known != program_.pattern_texts.end()) return static_cast<uint32_t>(known - program_.pattern_texts.begin());
  auto compiled = Pattern::compile(text.text, options_.patterns);
  if (!compiled) {
    report(text, compiled.error().message);
    return k_none;
  }
  program_.patterns.push_back(std::move(*compiled));
  program_.pattern_texts.push_back(text.text);
  return size_of(program_.patterns) - 1;
}

void Compiler::read_ref(const Entry& entry) {
  if (!expect(entry, NodeKind::string)) return;
  if (const auto target = resources_.resolve(now_.resource, entry.value)) now_.ref = schema(*target->node, target->resource);
}

void Compiler::read_dynamic_ref(const Entry& entry) {
  if (!expect(entry, NodeKind::string)) return;
  const auto target = resources_.resolve(now_.resource, entry.value);
  if (!target) return;
  now_.dynamic_ref = schema(*target->node, target->resource);
  if (!target->by_dynamic_anchor) return;
  // The name as the anchor has it: the reference may escape it.
  const std::string_view name = target->node->find("$dynamicAnchor")->text;
  auto& anchors = program_.dynamic_anchors;
  const auto known = std::find_if(anchors.begin(), anchors.end(), [&](const auto& row) { return row.first == name; });
  now_.dynamic_anchor = static_cast<uint32_t>(known - anchors.begin());
  if (known == anchors.end()) anchors.push_back({name, {}});
}

void Compiler::read_type(const Entry& entry) {
  now_.types = 0;
  const auto add = [&](const Node& name) {
    const auto* found = std::find_if(k_types.begin(), k_types.end(),
                                     [&](const auto& row) { return name.kind == NodeKind::string && row.first == name.text; });
    if (found != k_types.end()) {
      now_.types |= found->second;
      return;
    }
    std::vector<std::string> known;
    for (const auto& [word, bit] : k_types) known.emplace_back(word);
    const auto near = nearest(name.text, known);
    report(name, fmt::format("found `{}` in `type`, expected {}", name.text, quoted_list(known, "or")),
           near ? fmt::format("did you mean `{}`?", *near) : std::string());
  };
  if (entry.value.kind != NodeKind::list) return add(entry.value);
  for (const Node& item : entry.value.items) add(item);
}

void Compiler::read_enum(const Entry& entry) {
  if (expect(entry, NodeKind::list)) now_.choices = &entry.value;
}

void Compiler::read_const(const Entry& entry) { now_.constant = &entry.value; }

void Compiler::read_pattern(const Entry& entry) {
  if (expect(entry, NodeKind::string)) now_.pattern = pattern(entry.value);
}

void Compiler::read_format(const Entry& entry) {
  const bool asserts = options_.formats == FormatMeans::assertion || resources_[now_.resource].asserts_formats;
  if (asserts && expect(entry, NodeKind::string)) now_.format = parse_format(entry.value.text);
}

void Compiler::read_multiple_of(const Entry& entry) {
  const auto divisor = entry.value.is_number() ? Divisor::make(entry.value) : std::nullopt;
  if (!divisor)
    return report(entry.value, fmt::format("found `{}` in `multipleOf`, expected a number above 0 of at most 18 digits", entry.value.text));
  now_.multiple_of = &entry.value;
  now_.divisor = size_of(program_.divisors);
  program_.divisors.push_back(*divisor);
}

void Compiler::read_unique_items(const Entry& entry) {
  if (expect(entry, NodeKind::boolean)) now_.unique_items = entry.value.boolean;
}

void Compiler::read_required(const Entry& entry) { now_.required = text_list(entry); }

void Compiler::read_dependent_required(const Entry& entry) {
  if (!expect(entry, NodeKind::map)) return;
  now_.dependent_required = {.begin = size_of(program_.named_keys), .count = size_of(entry.value.entries)};
  for (const Entry& item : entry.value.entries) {
    const PoolRange keys = text_list(item);
    program_.named_keys.push_back({.name = item.key.text, .keys = keys});
  }
}

void Compiler::read_pattern_properties(const Entry& entry) {
  if (!expect(entry, NodeKind::map)) return;
  now_.pattern_properties = {.begin = size_of(program_.by_pattern), .count = size_of(entry.value.entries)};
  for (const Entry& item : entry.value.entries) {
    const uint32_t key = pattern(item.key);
    program_.by_pattern.push_back({.pattern = key, .schema = schema(item.value)});
  }
}

}  // namespace mops::policy
