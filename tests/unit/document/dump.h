#pragma once

#include "document/document.h"

#include <fmt/format.h>

#include <string>

namespace mops::document {

inline std::string place(const Span& span) {
  return fmt::format("{}:{}-{}:{}", span.begin.line, span.begin.column, span.end.line, span.end.column);
}

inline void dump(const Node& node, const std::string& indent, std::string& out) {
  out += fmt::format(" {} {}", kind_name(node.kind), place(node.span));
  if (node.kind != NodeKind::list && node.kind != NodeKind::map) out += fmt::format(" <{}>", node.text);
  out += '\n';
  for (const Node& item : node.items) {
    out += indent + "-";
    dump(item, indent + "  ", out);
  }
  for (const Entry& entry : node.entries) {
    out += fmt::format("{}{} ({}):", indent, entry.key.text, place(entry.key.span));
    dump(entry.value, indent + "  ", out);
  }
}

/// The tree with every place, then the findings, a line each.
inline std::string dump(const Document& document) {
  std::string out;
  if (document.root() == nullptr) out += " nothing\n";
  else dump(*document.root(), "", out);
  for (const Diagnostic& finding : document.findings()) {
    out += fmt::format("{} [{}] {}", place(*finding.location.span), finding.rule, finding.message);
    for (const Label& label : finding.labels) out += fmt::format(" | {} {}", place(*label.location.span), label.message);
    if (!finding.help.empty()) out += fmt::format(" | help: {}", finding.help);
    out += '\n';
  }
  return out;
}

inline std::string dump_yaml(std::string text) { return dump(parse_yaml({.path = "a.yaml", .text = std::move(text)})); }
inline std::string dump_json(std::string text) { return dump(parse_json({.path = "a.json", .text = std::move(text)})); }

}  // namespace mops::document
