#include "fuzz/tree_check.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <set>

namespace mops::fuzz {
namespace {

using document::Entry;
using document::Node;

/// Where each line begins, so that places can be counted without going through the whole text for each.
class Lines {
 public:
  explicit Lines(std::string_view text) : text_(text), begins_{text.starts_with("\xEF\xBB\xBF") ? 3u : 0u} {
    for (size_t i = 0; i < text.size(); ++i)
      if (text[i] == '\n') begins_.push_back(i + 1);
  }

  void check(const Position& place) const {
    expect(place.offset <= text_.size(), "a place lies behind the text");
    const auto next = std::upper_bound(begins_.begin(), begins_.end(), std::max<size_t>(place.offset, begins_.front()));
    const auto line = static_cast<size_t>(next - begins_.begin());
    expect(place.line == line, "a line is counted wrongly");
    size_t column = 1;
    for (size_t i = begins_[line - 1]; i < place.offset; ++i) column += (text_[i] & 0xC0) != 0x80 ? 1 : 0;
    expect(place.column == column, "a column is counted wrongly");
  }

  void check(const Span& span) const {
    check(span.begin);
    check(span.end);
    expect(span.begin.offset <= span.end.offset, "a span ends before it begins");
  }

 private:
  std::string_view text_;
  std::vector<size_t> begins_;
};

void check_finding(const Lines& lines, const Diagnostic& finding) {
  expect(!finding.message.empty() && !finding.rule.empty(), "a finding says nothing");
  for (const std::string* text : {&finding.message, &finding.help})
    expect(std::none_of(text->begin(), text->end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; }), "a message holds a control character");
  if (finding.location.span) lines.check(*finding.location.span);
  for (const Label& label : finding.labels) lines.check(label.location.span.value());
  if (finding.fix) lines.check(finding.fix->span);
}

/// `from` and `to`: what lies between them holds this node.
void check_node(const Lines& lines, const Node& node, Position from, Position to) {
  lines.check(node.span);
  expect(from.offset <= node.span.begin.offset && node.span.end.offset <= to.offset, "a child lies outside its parent");
  // What an alias names is shared, with places of its own.
  if (node.is_alias) return;
  Position at = node.span.begin;
  for (const Node& item : node.items) {
    check_node(lines, item, at, node.span.end);
    at = item.span.end;
  }
  std::set<std::string_view> keys;
  for (const Entry& entry : node.entries) {
    expect(entry.key.kind == document::NodeKind::string, "a key is no string");
    expect(keys.insert(entry.key.text).second, "a key is there twice");
    check_node(lines, entry.key, at, node.span.end);
    check_node(lines, entry.value, entry.key.span.end, node.span.end);
    at = entry.value.span.end;
  }
}

bool is_noncharacter_at(std::string_view text, size_t i) {
  const std::string_view three = text.substr(i, 3);
  if (three == "\xEF\xBF\xBE" || three == "\xEF\xBF\xBF") return true;
  if (three.starts_with("\xEF\xB7") && three.size() == 3) return three[2] >= '\x90' && three[2] <= '\xAF';
  const std::string_view four = text.substr(i, 4);
  if (four.size() < 4 || static_cast<unsigned char>(four[0]) < 0xF0) return false;
  return (four[1] & 0x0F) == 0x0F && four[2] == '\xBF' && (four[3] == '\xBE' || four[3] == '\xBF');
}

bool has_noncharacters(std::string_view text) {
  for (size_t i = 0; i < text.size(); ++i)
    if (is_noncharacter_at(text, i)) return true;
  return false;
}

}  // namespace

void fail(std::string_view what) {
  std::fprintf(stderr, "finding: %.*s\n", static_cast<int>(what.size()), what.data());
  std::abort();
}

void check_places(const document::Document& document) {
  const std::string_view text = document.source().text;
  check_findings(text, document.findings());
  expect(document.root() != nullptr || !document.findings().empty(), "a text was refused without a reason");
  if (document.root() == nullptr) return;
  Position end;
  end.offset = static_cast<uint32_t>(text.size());
  check_node(Lines(text), *document.root(), {}, end);
}

void check_findings(std::string_view text, const std::vector<Diagnostic>& findings) {
  const Lines lines(text);
  for (const Diagnostic& finding : findings) check_finding(lines, finding);
}

size_t count_values(const Node& node, size_t limit) {
  size_t count = 1;
  for (const Node& item : node.items)
    if (count < limit) count += count_values(item, limit - count);
  for (const Entry& entry : node.entries)
    if (count < limit) count += count_values(entry.value, limit - count);
  return count;
}

bool has_noncharacters(const Node& node) {
  return has_noncharacters(node.text) || std::any_of(node.items.begin(), node.items.end(), [](const Node& item) { return has_noncharacters(item); }) ||
         std::any_of(node.entries.begin(), node.entries.end(),
                     [](const Entry& entry) { return has_noncharacters(entry.key.text) || has_noncharacters(entry.value); });
}

}  // namespace mops::fuzz
