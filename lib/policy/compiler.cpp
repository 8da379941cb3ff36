#include "policy/compiler.h"

#include "base/text.h"
#include "policy/wording.h"

#include <fmt/format.h>
#include <algorithm>
#include <array>

namespace mops::policy {
namespace {

using document::Entry;
using document::Node;
using document::NodeKind;

}  // namespace

SchemaIndex Program::property(const Subschema& schema, std::string_view name) const {
  const auto properties = part(named, schema.properties);
  const auto found =
      std::lower_bound(properties.begin(), properties.end(), name, [](const NamedSchema& a, std::string_view b) { return a.name < b; });
  return found != properties.end() && found->name == name ? found->schema : k_none;
}

Program Compiler::compile(const Node& root, std::string_view path) {
  const uint32_t resource = resources_.add_document(root, options_.uri, path);
  program_.root = schema(root, resource);
  drain();
  link_dynamic_anchors();
  find_circles();
  program_.found_documents = resources_.take_found_documents();
  return std::move(program_);
}

std::vector<Diagnostic> Compiler::findings() const {
  std::vector<Diagnostic> findings = resources_.unreadable();
  for (const auto* problems : {&resources_.problems(), &problems_}) {
    for (const SchemaProblem& problem : *problems) {
      findings.push_back(Diagnostic{.rule = "schema/broken",
                                    .message = on_one_line(problem.message),
                                    .location = {.path = resources_[problem.resource].path, .span = problem.node->span},
                                    .help = on_one_line(problem.help)});
    }
  }
  std::stable_sort(findings.begin(), findings.end(), shown_before);
  return findings;
}

SchemaIndex Compiler::schema(const Node& node) { return schema(node, now_.resource); }

SchemaIndex Compiler::schema(const Node& node, uint32_t resource) {
  const auto [place, is_new] = known_.emplace(&node, static_cast<SchemaIndex>(program_.subschemas.size()));
  if (!is_new) return place->second;
  program_.subschemas.push_back(Subschema{.source = &node, .resource = resources_.resource_of(node, resource)});
  waiting_.push_back(place->second);
  return place->second;
}

void Compiler::drain() {
  while (!waiting_.empty()) {
    const SchemaIndex index = waiting_.back();
    waiting_.pop_back();
    fill(index);
  }
}

void Compiler::fill(SchemaIndex index) {
  now_ = program_.subschemas[index];
  const Node& source = *now_.source;
  if (source.kind == NodeKind::boolean) {
    now_.shape = source.boolean ? Shape::accepts_all : Shape::rejects_all;
  } else if (source.kind != NodeKind::map) {
    report(source, fmt::format("found {}, expected a schema: a map, `true` or `false`", document::kind_name(source.kind)));
  } else {
    const bool validates = resources_[now_.resource].validates;
    for (const Entry& entry : source.entries) {
      const Keyword* keyword = find_keyword(entry.key.text);
      if (keyword == nullptr || (keyword->vocabulary == Keyword::Vocabulary::validation && !validates)) continue;
      (this->*keyword->handler)(entry);
    }
    // A condition without consequences says nothing, and they nothing without it.
    if (now_.if_schema == k_none) now_.then_schema = now_.else_schema = k_none;
  }
  const Subschema& s = now_;
  now_.has_applicators = s.ref != k_none || s.dynamic_ref != k_none || !s.all_of.empty() || !s.any_of.empty() || !s.one_of.empty() ||
                         s.not_schema != k_none || s.if_schema != k_none || !s.dependent_schemas.empty();
  now_.has_leaf_keywords = s.constant != nullptr || s.choices != nullptr || s.minimum != nullptr || s.maximum != nullptr ||
                           s.exclusive_minimum != nullptr || s.exclusive_maximum != nullptr || s.divisor != k_none || s.min_items > 0 ||
                           s.max_items != UINT64_MAX || s.min_length > 0 || s.max_length != UINT64_MAX || s.min_properties > 0 ||
                           s.max_properties != UINT64_MAX || s.pattern != k_none || s.format || s.unique_items;
  program_.subschemas[index] = now_;
}

void Compiler::link_dynamic_anchors() {
  // Schemas that are only found at run time may name further ones: until nothing new turns up.
  for (size_t before = SIZE_MAX; before != program_.subschemas.size();) {
    before = program_.subschemas.size();
    for (size_t n = 0; n < program_.dynamic_anchors.size(); ++n) {
      const std::string_view name = program_.dynamic_anchors[n].first;
      std::vector<std::pair<uint32_t, SchemaIndex>> holders;
      for (uint32_t resource = 0; resource < resources_.size(); ++resource) {
        const auto found = resources_[resource].dynamic_anchors.find(name);
        if (found != resources_[resource].dynamic_anchors.end()) holders.emplace_back(resource, schema(*found->second, resource));
      }
      program_.dynamic_anchors[n].second = std::move(holders);
    }
    drain();
  }
}

/// A schema that applies itself to the same place again would never come to an end.
void Compiler::find_circles() {
  enum class Mark : uint8_t { fresh, open, done };
  std::vector<Mark> marks(program_.subschemas.size(), Mark::fresh);
  struct Step {
    SchemaIndex schema;
    std::vector<SchemaIndex> next;
  };
  const auto neighbours = [&](SchemaIndex index) {
    const Subschema& s = program_.subschemas[index];
    std::vector<SchemaIndex> out;
    for (const SchemaIndex one : {s.ref, s.dynamic_ref, s.not_schema, s.if_schema, s.then_schema, s.else_schema})
      if (one != k_none) out.push_back(one);
    for (const PoolRange range : {s.all_of, s.any_of, s.one_of})
      for (const SchemaIndex one : Program::part(program_.schemas, range)) out.push_back(one);
    for (const NamedSchema& one : Program::part(program_.named, s.dependent_schemas)) out.push_back(one.schema);
    return out;
  };
  for (SchemaIndex start = 0; start < marks.size(); ++start) {
    if (marks[start] != Mark::fresh) continue;
    std::vector<Step> way;
    marks[start] = Mark::open;
    way.push_back({start, neighbours(start)});
    while (!way.empty()) {
      if (way.back().next.empty()) {
        marks[way.back().schema] = Mark::done;
        way.pop_back();
        continue;
      }
      const SchemaIndex next = way.back().next.back();
      way.back().next.pop_back();
      if (marks[next] == Mark::open) {
        now_ = program_.subschemas[next];
        report(*now_.source, "this schema leads back to itself without going into the instance");
      } else if (marks[next] == Mark::fresh) {
        marks[next] = Mark::open;
        way.push_back({next, neighbours(next)});
      }
    }
  }
}

void Compiler::report(const Node& node, std::string message, std::string help) {
  problems_.push_back({.node = &node, .resource = now_.resource, .message = std::move(message), .help = std::move(help)});
}

}  // namespace mops::policy
