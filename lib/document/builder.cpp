#include "document/builder.h"

#include "base/character.h"
#include "base/text.h"
#include "document/quoting.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

namespace mops::document {
namespace {

constexpr size_t k_most_findings = 1000;
constexpr size_t k_longest_quote = 60;
constexpr size_t k_few_keys = 16;

}  // namespace

std::string in_backticks(std::string_view text) {
  std::string words;
  size_t count = 0;
  for (const char c : text) {
    const bool starts_code_point = (c & 0xC0) != 0x80;
    if (starts_code_point && ++count > k_longest_quote) {
      words += "…";
      break;
    }
    words += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  return fmt::format("`{}`", words);
}

DocumentBuilder::DocumentBuilder(SourceFile source, std::string_view language)
    : contents_(std::make_unique<Document::Contents>()), language_(language) {
  contents_->source = std::move(source);
}

bool DocumentBuilder::has_enough_findings() const { return contents_->findings.size() >= k_most_findings; }

Diagnostic& DocumentBuilder::report(std::string_view rule, Span span, std::string message, std::string help) {
  Diagnostic finding{.rule = fmt::format("{}/{}", language_, rule),
                     .message = std::move(message),
                     .location = {.path = contents_->source.path, .span = span},
                     .help = std::move(help)};
  if (has_enough_findings()) return dropped_ = std::move(finding);
  return contents_->findings.emplace_back(std::move(finding));
}

Label DocumentBuilder::label(Span span, std::string message) const {
  return {.location = {.path = contents_->source.path, .span = span}, .message = std::move(message)};
}

void DocumentBuilder::add(const Node& node, Extent extent) {
  children_.push_back(node);
  if (frames_.empty()) return;
  Extent& whole = frames_.back().extent;
  whole.weight += extent.weight + node.text.size() / 32;
  whole.height = std::max(whole.height, extent.height + 1);
}

bool DocumentBuilder::open(const Node& head) {
  if (frames_.size() >= k_deepest) {
    report("too-deep", head.span, fmt::format("values are nested deeper than {} levels", k_deepest));
    return false;
  }
  frames_.push_back({.head = head, .first_child = children_.size(), .extent = {.height = 1}});
  return true;
}

bool DocumentBuilder::expects_key() const {
  return !frames_.empty() && frames_.back().head.kind == NodeKind::map && (children_.size() - frames_.back().first_child) % 2 == 0;
}

Built DocumentBuilder::close(std::optional<Position> end) {
  Frame frame = frames_.back();
  frames_.pop_back();
  const std::span<Node> children(children_.data() + frame.first_child, children_.size() - frame.first_child);
  Node& node = frame.head;
  if (end) node.span.end = *end;
  else if (!children.empty()) node.span.end = children.back().span.end;
  if (node.kind == NodeKind::map) node.entries = make_entries(children);
  else node.items = contents_->arena.keep(std::span<const Node>(children));
  children_.resize(frame.first_child);
  add(node, frame.extent);
  return {node, frame.extent};
}

std::span<const Entry> DocumentBuilder::make_entries(std::span<Node> children) {
  const std::span<Entry> entries = contents_->arena.reserve<Entry>(children.size() / 2);
  size_t count = 0;
  for (size_t i = 0; i + 1 < children.size(); i += 2) {
    if (accept_key(children[i])) entries[count++] = {.key = children[i], .value = children[i + 1]};
  }
  return without_duplicates(entries.first(count));
}

bool DocumentBuilder::accept_key(Node& key) {
  if (key.kind == NodeKind::string) {
    if (key.style != ScalarStyle::plain || key.text != "<<") return true;
    report("merge-key", key.span, "found the merge key `<<`, which YAML 1.2 does not know", "write the entries out");
    return false;
  }
  const bool has_text = !key.text.empty();
  if (has_enough_findings()) {
    key.kind = NodeKind::string;
    return has_text;
  }
  Diagnostic& finding = report("key-type", key.span,
                               fmt::format("found {} as a key{}, expected a string", kind_name(key.kind), has_text ? " (" + in_backticks(key.text) + ")" : ""));
  if (!has_text) {
    if (key.kind == NodeKind::map) finding.help = "put the text in quotes if braces belong to it";
    return false;
  }
  const size_t begin = key.span.begin.offset;
  const std::string& text = contents_->source.text;
  if (key.kind == NodeKind::integer && begin >= 2 && text[begin - 1] == ',' && is_digit(text[begin - 2])) {
    finding.help = "a comma ends the entry: write numbers with a decimal point";
    key.kind = NodeKind::string;
    return true;
  }
  finding.help = quoting_help(key);
  if (is_quotable(key)) finding.fix = quoting_fix(key, contents_->source.path);
  key.kind = NodeKind::string;
  return true;
}

std::span<const Entry> DocumentBuilder::without_duplicates(std::span<Entry> entries) {
  size_t kept = 0;
  std::unordered_map<std::string_view, size_t> places;
  const bool is_large = entries.size() > k_few_keys;
  if (is_large) places.reserve(entries.size());
  for (const Entry& entry : entries) {
    const Entry* first = nullptr;
    if (is_large) {
      const auto [place, is_new] = places.emplace(entry.key.text, kept);
      if (!is_new) first = &entries[place->second];
    } else {
      const auto end = entries.begin() + static_cast<std::ptrdiff_t>(kept);
      const auto found = std::find_if(entries.begin(), end, [&](const Entry& other) { return other.key.text == entry.key.text; });
      if (found != end) first = &*found;
    }
    if (first != nullptr) report_duplicate(first->key, entry.key);
    else entries[kept++] = entry;
  }
  return entries.first(kept);
}

void DocumentBuilder::report_duplicate(const Node& first, const Node& second) {
  if (has_enough_findings()) return;
  Diagnostic& finding = report("duplicate-key", second.span, fmt::format("the key {} appears twice in one map", in_backticks(second.text)),
                               "remove one of the two");
  finding.labels.push_back(label(first.span, fmt::format("{} is first defined here", in_backticks(first.text))));
}

void DocumentBuilder::restart() {
  contents_->findings.clear();
  frames_.clear();
  children_.clear();
}

Document DocumentBuilder::finish() && {
  contents_->root = children_.empty() ? Node{} : children_.front();
  return std::move(*this).give_up();
}

Document DocumentBuilder::give_up() && {
  std::stable_sort(contents_->findings.begin(), contents_->findings.end(), shown_before);
  Document document;
  document.contents_ = std::move(contents_);
  return document;
}

}  // namespace mops::document
