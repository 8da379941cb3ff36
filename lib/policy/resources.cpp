#include "policy/resources.h"

#include "base/text.h"

#include <fmt/format.h>
#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace mops::policy {
namespace {

using document::Entry;
using document::Node;
using document::NodeKind;

constexpr std::string_view k_dialect = "https://json-schema.org/draft/2020-12/schema";
constexpr std::string_view k_vocabularies = "https://json-schema.org/draft/2020-12/vocab/";

enum class Nesting { one, list, map };

/// Where schemas are inside a schema, sorted by keyword.
constexpr std::array<std::pair<std::string_view, Nesting>, 20> k_nesting = {{
    {"$defs", Nesting::map},
    {"additionalProperties", Nesting::one},
    {"allOf", Nesting::list},
    {"anyOf", Nesting::list},
    {"contains", Nesting::one},
    {"contentSchema", Nesting::one},
    {"definitions", Nesting::map},
    {"dependentSchemas", Nesting::map},
    {"else", Nesting::one},
    {"if", Nesting::one},
    {"items", Nesting::one},
    {"not", Nesting::one},
    {"oneOf", Nesting::list},
    {"patternProperties", Nesting::map},
    {"prefixItems", Nesting::list},
    {"properties", Nesting::map},
    {"propertyNames", Nesting::one},
    {"then", Nesting::one},
    {"unevaluatedItems", Nesting::one},
    {"unevaluatedProperties", Nesting::one},
}};

std::string without_fragment(Uri uri) {
  uri.fragment.reset();
  return uri.to_string();
}

bool is_text(const Node* node) { return node != nullptr && node->kind == NodeKind::string; }

}  // namespace

void SchemaLibrary::add(std::string uri, document::Document document) {
  auto entry = std::make_unique<Entry>();
  entry->document = std::move(document);
  entries_.insert_or_assign(std::move(uri), std::move(entry));
}

void SchemaLibrary::add(std::string uri, const EmbeddedFile& file) {
  auto entry = std::make_unique<Entry>();
  entry->unread = file;
  entries_.insert_or_assign(std::move(uri), std::move(entry));
}

const document::Document* SchemaLibrary::find(std::string_view uri) const {
  const auto found = entries_.find(uri);
  if (found == entries_.end()) return nullptr;
  Entry& entry = *found->second;
  if (entry.unread)
    std::call_once(entry.once, [&] { entry.document = document::parse({.path = std::string(entry.unread->path), .text = std::string(entry.unread->content)}); });
  return &entry.document;
}

void ResourceIndex::report(const Node& node, uint32_t resource, std::string message, std::string help) {
  problems_.push_back({.node = &node, .resource = resource, .message = std::move(message), .help = std::move(help)});
}

uint32_t ResourceIndex::add_document(const Node& root, const std::string& uri, std::string_view path) {
  const uint32_t index = size();
  resources_.push_back(Resource{.root = &root, .base = Uri::parse(uri), .path = std::string(path)});
  by_uri_.emplace(without_fragment(resources_[index].base), index);
  const Node* id = root.find("$id");
  if (is_text(id)) {
    resources_[index].base = resolve_uri(resources_[index].base, Uri::parse(id->text));
    by_uri_.emplace(without_fragment(resources_[index].base), index);
  }
  read_dialect(root, index);
  walk(root, index);
  return index;
}

uint32_t ResourceIndex::begin_resource(const Node& schema, uint32_t outer, const Node& id) {
  const Uri base = resolve_uri(resources_[outer].base, Uri::parse(id.text));
  const uint32_t index = size();
  resources_.push_back(Resource{.root = &schema,
                                .base = base,
                                .path = resources_[outer].path,
                                .validates = resources_[outer].validates,
                                .asserts_formats = resources_[outer].asserts_formats});
  by_uri_.emplace(without_fragment(base), index);
  read_dialect(schema, index);
  return index;
}

void ResourceIndex::read_dialect(const Node& root, uint32_t resource) {
  const Node* dialect = root.find("$schema");
  if (!is_text(dialect)) return;
  std::string_view name = dialect->text;
  if (name.ends_with('#')) name.remove_suffix(1);
  if (name == k_dialect) return;
  const document::Document* metaschema = find_document(std::string(name)).value_or(nullptr);
  const Node* vocabularies = metaschema != nullptr && metaschema->root() != nullptr ? metaschema->root()->find("$vocabulary") : nullptr;
  if (vocabularies == nullptr) {
    report(*dialect, resource, fmt::format("found dialect `{}`, expected `{}`", dialect->text, k_dialect));
    return;
  }
  Resource& owner = resources_[resource];
  owner.validates = vocabularies->find(fmt::format("{}validation", k_vocabularies)) != nullptr;
  owner.asserts_formats = vocabularies->find(fmt::format("{}format-assertion", k_vocabularies)) != nullptr;
  for (const Entry& entry : vocabularies->entries) {
    if (entry.value.boolean && !entry.key.text.starts_with(k_vocabularies))
      report(*dialect, resource, fmt::format("dialect `{}` needs the vocabulary `{}`, which is unknown", dialect->text, entry.key.text));
  }
}

void ResourceIndex::add_anchors(const Node& schema, uint32_t resource) {
  Resource& owner = resources_[resource];
  const auto add = [&](std::string_view keyword, std::map<std::string_view, const Node*>& names) {
    const Node* name = schema.find(keyword);
    if (!is_text(name)) return;
    if (!names.emplace(name->text, &schema).second) report(*name, resource, fmt::format("the name `{}` is given twice", name->text));
  };
  add("$anchor", owner.anchors);
  add("$dynamicAnchor", owner.dynamic_anchors);
}

void ResourceIndex::walk(const Node& schema, uint32_t resource) {
  if (schema.kind != NodeKind::map) return;
  if (owner_.contains(&schema)) return;
  const Node* id = schema.find("$id");
  if (is_text(id) && resources_[resource].root != &schema) resource = begin_resource(schema, resource, *id);
  owner_.emplace(&schema, resource);
  add_anchors(schema, resource);
  for (const Entry& entry : schema.entries) {
    const auto* known = std::lower_bound(k_nesting.begin(), k_nesting.end(), entry.key.text,
                                         [](const auto& row, std::string_view key) { return row.first < key; });
    if (known == k_nesting.end() || known->first != entry.key.text) continue;
    switch (known->second) {
      case Nesting::one: walk(entry.value, resource); break;
      case Nesting::list:
        for (const Node& item : entry.value.items) walk(item, resource);
        break;
      case Nesting::map:
        for (const Entry& item : entry.value.entries) walk(item.value, resource);
        break;
    }
  }
}

uint32_t ResourceIndex::resource_of(const Node& schema, uint32_t otherwise) const {
  const auto found = owner_.find(&schema);
  return found == owner_.end() ? otherwise : found->second;
}

/// In the library, else wherever the finder looks; nullptr: nowhere.
Result<const document::Document*> ResourceIndex::find_document(const std::string& uri) {
  if (const document::Document* known = library_.find(uri)) return known;
  if (const auto known = found_documents_.find(uri); known != found_documents_.end()) return &known->second;
  if (!find_more_) return nullptr;
  MOPS_ASSIGN(std::optional<document::Document> found, find_more_(uri));
  if (!found) return nullptr;
  const auto& findings = found->findings();
  unreadable_.insert(unreadable_.end(), findings.begin(), findings.end());
  return &found_documents_.emplace(uri, *std::move(found)).first->second;
}

std::optional<uint32_t> ResourceIndex::find_resource(const std::string& uri, const Node& reference, uint32_t from) {
  if (const auto found = by_uri_.find(uri); found != by_uri_.end()) return found->second;
  const auto document = find_document(uri);
  if (!document) {
    report(reference, from, document.error().message, document.error().help);
    return std::nullopt;
  }
  if (*document == nullptr) {
    report(reference, from, fmt::format("there is no schema `{}`", uri), "schemas are never fetched: give it along with this one");
    return std::nullopt;
  }
  if (!(*document)->is_sound()) {
    report(reference, from, fmt::format("the schema `{}` cannot be read", (*document)->source().path));
    return std::nullopt;
  }
  return add_document(*(*document)->root(), uri, (*document)->source().path);
}

std::optional<ResourceIndex::Target> ResourceIndex::follow_pointer(Target from, std::string_view pointer) {
  for (const std::string_view raw : split(pointer.substr(1), '/')) {
    const std::string token = replace_all(replace_all(percent_decoded(raw), "~1", "/"), "~0", "~");
    const Node* next = from.node->find(token);
    if (from.node->kind == NodeKind::list) {
      size_t index = 0;
      const char* end = token.data() + token.size();
      const bool is_index = !token.empty() && std::from_chars(token.data(), end, index).ptr == end;
      if (is_index && index < from.node->items.size()) next = &from.node->items[index];
    }
    if (next == nullptr) return std::nullopt;
    from.node = next;
    from.resource = resource_of(*next, from.resource);
  }
  // A schema below a keyword that is not known to hold schemas.
  walk(*from.node, from.resource);
  return from;
}

std::optional<ResourceIndex::Target> ResourceIndex::resolve(uint32_t resource, const Node& reference) {
  Target target{.resource = resource};
  std::string_view fragment;
  const size_t hash = reference.text.find('#');
  if (hash != std::string_view::npos) fragment = reference.text.substr(hash + 1);
  if (hash != 0) {
    const Uri uri = resolve_uri(resources_[resource].base, Uri::parse(reference.text));
    const auto found = find_resource(without_fragment(uri), reference, resource);
    if (!found) return std::nullopt;
    target.resource = *found;
  }
  const Resource& owner = resources_[target.resource];
  target.node = owner.root;
  if (fragment.empty()) return target;
  if (fragment.starts_with('/')) {
    const auto found = follow_pointer(target, fragment);
    if (!found) report(reference, resource, fmt::format("`{}` leads nowhere", reference.text));
    return found;
  }
  const std::string name = percent_decoded(fragment);
  if (const auto found = owner.dynamic_anchors.find(name); found != owner.dynamic_anchors.end()) {
    target.node = found->second;
    target.by_dynamic_anchor = true;
    return target;
  }
  if (const auto found = owner.anchors.find(name); found != owner.anchors.end()) {
    target.node = found->second;
    return target;
  }
  std::vector<std::string> known;
  for (const auto& [anchor, node] : owner.anchors) known.emplace_back(anchor);
  for (const auto& [anchor, node] : owner.dynamic_anchors) known.emplace_back(anchor);
  const auto near = nearest(name, known);
  report(reference, resource, fmt::format("no schema has the name `{}`", name),
         near ? fmt::format("did you mean `#{}`?", *near) : std::string());
  return std::nullopt;
}

}  // namespace mops::policy
