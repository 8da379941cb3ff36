#include "policy/prose.h"

#include "model/notes.h"
#include "policy/inspection.h"

#include <algorithm>

namespace mops::policy {

using document::Node;
using document::NodeKind;

std::vector<Diagnostic> check_prose(const document::Document& notes) {
  std::vector<Diagnostic> findings;
  const Node& root = *notes.root();
  const auto add = [&](const char* rule, const Node& node, const char* message, const char* help) {
    findings.push_back({.rule = rule, .message = message, .location = {.path = notes.source().path, .span = node.span}, .help = help});
  };
  const auto expect_own_words = [&](const Node& node) {
    if (node.kind == NodeKind::string && model::is_draft_text(node.text))
      add("notes/draft-text", node, "found the words of the draft", "say it in your own words: people decide by them whether to upgrade");
  };
  if (const Node* summary = root.find("summary")) expect_own_words(*summary);
  bool is_empty = true;
  for (const std::string_view section : model::k_notes_sections) {
    const Node* changes = root.find(section);
    if (changes == nullptr || changes->kind != NodeKind::list) continue;
    is_empty = is_empty && changes->items.empty();
    for (const Node& change : changes->items) expect_own_words(change);
  }
  const Node* silent = root.find("no_user_visible_change");
  const bool is_silent = silent != nullptr && silent->kind == NodeKind::boolean && silent->boolean;
  if (is_empty && !is_silent && root.kind == NodeKind::map)
    add("notes/empty", {.span = {.begin = root.span.begin, .end = root.span.begin}}, "the notes name no change",
        "write `added`, `changed`, `fixed` ..., or `no_user_visible_change: true`");
  if (!is_empty && is_silent)
    add("notes/empty", *silent, "found changes beside `no_user_visible_change`", "keep one of them");
  return findings;
}

}  // namespace mops::policy
