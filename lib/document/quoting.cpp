#include "document/quoting.h"

#include "document/number_text.h"

#include <fmt/format.h>

#include <cmath>

namespace mops::document {
namespace {

bool is_scalar(const Node& node) { return node.kind != NodeKind::list && node.kind != NodeKind::map; }

std::string number_words(const Node& node) {
  if (std::isnan(node.number)) return "not a number";
  if (std::isinf(node.number)) return node.number > 0 ? "infinity" : "minus infinity";
  const std::string value = node.integer_fits ? fmt::format("{}", node.integer) : ecmascript_number(node.number);
  return value == node.text ? std::string(kind_name(node.kind)) : fmt::format("the number {}", value);
}

std::string words_for_value(const Node& node) {
  switch (node.kind) {
    case NodeKind::null: return "no value";
    case NodeKind::boolean: return node.text == (node.boolean ? "true" : "false") ? "a boolean" : fmt::format("the boolean {}", node.boolean);
    default: return number_words(node);
  }
}

}  // namespace

bool is_quotable(const Node& node) {
  return is_scalar(node) && node.kind != NodeKind::string && node.style == ScalarStyle::plain && !node.is_tagged && !node.is_alias && !node.text.empty();
}

std::string quoting_help(const Node& node) {
  if (!is_scalar(node) || node.kind == NodeKind::string || node.text.empty()) return {};
  if (node.is_tagged) return fmt::format("its tag makes `{}` {}; remove the tag, and write `\"{}\"`", node.text, kind_name(node.kind), node.text);
  const std::string reason = fmt::format("without quotes `{}` is read as {}", node.text, words_for_value(node));
  return node.is_alias ? fmt::format("{}; write `\"{}\"` where the anchor is", reason, node.text) : fmt::format("{}; write `\"{}\"`", reason, node.text);
}

Fix quoting_fix(const Node& node, std::string path) {
  // What is read as something else than a string is one line of ASCII, at the end of its span.
  Span span{.begin = node.span.end, .end = node.span.end};
  const auto size = static_cast<uint32_t>(node.text.size());
  span.begin.column -= size;
  span.begin.offset -= size;
  return {.path = std::move(path), .span = span, .text = fmt::format("\"{}\"", node.text)};
}

}  // namespace mops::document
