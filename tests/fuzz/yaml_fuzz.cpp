// Any bytes as YAML: a tree whose places are true, whose scalars read again alone are the same, and which survives being written
// and read again; or a finding. The short way of the reader and libyaml's events make the same of them.
#include "document/value.h"
#include "document/yaml_events.h"
#include "fuzz/tree_check.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

using namespace mops;
using namespace mops::document;

namespace {

/// A scalar means the same alone: what was read was this span, no more and no less.
void check_scalar(std::string_view text, const Node& node) {
  if (node.is_alias || node.kind == NodeKind::list || node.kind == NodeKind::map || node.style == ScalarStyle::block) return;
  const std::string_view span = text.substr(node.span.begin.offset, node.span.end.offset - node.span.begin.offset);
  if (span.find('\n') != std::string_view::npos || span.starts_with('!') || span.starts_with('&')) return;
  // These are texts only in brackets or before a colon.
  if (node.style == ScalarStyle::plain && (span == "-" || span == "?" || span.ends_with(':'))) return;
  // Not in the first column, where `---` would begin a document.
  const Document alone = parse_yaml({.path = "alone.yaml", .text = " " + std::string(span)});
  fuzz::expect(alone.root() != nullptr, "a scalar cannot be read alone");
  fuzz::expect(alone.root()->text == node.text, "a scalar read alone has another text");
}

void check_scalars(std::string_view text, const Node& node) {
  check_scalar(text, node);
  if (node.is_alias) return;
  for (const Node& item : node.items) check_scalars(text, item);
  for (const Entry& entry : node.entries) {
    check_scalar(text, entry.key);
    check_scalars(text, entry.value);
  }
}

bool are_same(const Node& a, const Node& b) {
  const bool are_same_scalars = a.kind == b.kind && a.style == b.style && a.text == b.text && a.span == b.span && a.boolean == b.boolean &&
                                a.integer_fits == b.integer_fits && a.integer == b.integer && a.is_tagged == b.is_tagged && a.is_alias == b.is_alias;
  // NaN is like no other number.
  const bool are_same_numbers = a.number == b.number || (a.number != a.number && b.number != b.number);
  return are_same_scalars && are_same_numbers &&
         std::equal(a.items.begin(), a.items.end(), b.items.begin(), b.items.end(), are_same) &&
         std::equal(a.entries.begin(), a.entries.end(), b.entries.begin(), b.entries.end(),
                    [](const Entry& x, const Entry& y) { return are_same(x.key, y.key) && are_same(x.value, y.value); });
}

bool are_same(const Diagnostic& a, const Diagnostic& b) {
  return a.rule == b.rule && a.message == b.message && a.help == b.help && a.location.span == b.location.span;
}

void check_events(const Document& document) {
  const Document other = parse_yaml_events(document.source());
  const auto& findings = document.findings();
  fuzz::expect(std::equal(findings.begin(), findings.end(), other.findings().begin(), other.findings().end(),
                          [](const Diagnostic& a, const Diagnostic& b) { return are_same(a, b); }),
               "the short way and the events find other things");
  fuzz::expect((document.root() == nullptr) == (other.root() == nullptr), "only one of the short way and the events makes a tree");
  fuzz::expect(document.root() == nullptr || are_same(*document.root(), *other.root()), "the short way and the events make other trees");
}

void check_round_trip(const Node& root) {
  constexpr size_t k_most_values = 2000;
  if (fuzz::count_values(root, k_most_values) >= k_most_values || fuzz::has_noncharacters(root)) return;
  const Value value = Value::of(root);
  const std::string json = to_json(value);
  const Document from_yaml = parse_yaml({.path = "again.yaml", .text = to_yaml(value)});
  fuzz::expect(from_yaml.is_sound() && to_json(Value::of(*from_yaml.root())) == json, "a document changes when it is written as YAML and read again");
  const Document from_json = parse_json({.path = "again.json", .text = json});
  fuzz::expect(from_json.is_sound() && to_json(Value::of(*from_json.root())) == json, "a document changes when it is written as JSON and read again");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const Document document = parse_yaml({.path = "a.yaml", .text = std::string(reinterpret_cast<const char*>(data), size)});
  fuzz::check_places(document);
  check_events(document);
  if (document.root() == nullptr) return 0;
  check_scalars(document.source().text, *document.root());
  if (document.is_sound()) check_round_trip(*document.root());
  return 0;
}
