#include "dump.h"

#include "document/value.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>

namespace mops::document {
namespace {

constexpr std::string_view k_seeds[] = {
    "a: 1\nb:\n  - x\n  - y: z\n    w: v\n",
    "a: |\n  text\n   more\n\nb: >-\n  folded\n  lines\n\n  x\nc: 'it''s'\nd: \"a\\tb\\n\"\n",
    "? complex\n: value\n? k2\n: - a\n  - b\n",
    "a: &x [1, 2]\nb: *x\nc: !!str 3\nd: ! 4\n",
    "[a, b: c, {d: e}, \"f\": g, ]\n",
    "\"quoted key\": x\n'single': \"multi\n  line\n\n  text\"\nplain: multi\n  line text\n",
    "äö: ü\nb: \"ö\" # ä\n- - 😀\n",
    "{\"a\":[1,-2.5e3,true,null],\"b\\u00e9\\ud83d\\ude00\":{\"c\":\"x\\n\"}}",
};
constexpr std::string_view k_pieces[] = {" ", "\n", ":", "-", ",", "[", "]", "{", "}", "#", "'", "\"", "&", "*", "!", "|", ">", "?", "@", "%", "1", "\t", ".", "\\", "~",
                                         "\r\n", "\xEF\xBB\xBF", "ö", "😀", "\xC2\x85", "\\u", "<<", "---\n", "...", "\x80"};

std::string mutated(std::mt19937& random) {
  std::string text(k_seeds[random() % std::size(k_seeds)]);
  if (random() % 6 == 0) text.insert(0, "\xEF\xBB\xBF");
  for (size_t left = random() % 5; left > 0; --left) {
    const size_t at = random() % (text.size() + 1);
    const std::string_view piece = k_pieces[random() % std::size(k_pieces)];
    if (random() % 3 == 0) text.erase(std::min(at, text.size() - 1), 1 + random() % 3);
    else text.insert(at, piece);
    if (text.empty()) break;
  }
  return text;
}

/// Counted from the begin of the file, unlike what the readers do.
bool is_true(std::string_view text, Position position) {
  if (position.offset > text.size()) return false;
  const std::string_view before = text.substr(0, position.offset);
  const size_t last = before.rfind('\n');
  std::string_view line = last == std::string_view::npos ? before : before.substr(last + 1);
  if (last == std::string_view::npos && line.starts_with("\xEF\xBB\xBF")) line.remove_prefix(3);
  const auto lines = std::count(before.begin(), before.end(), '\n');
  const auto columns = std::count_if(line.begin(), line.end(), [](char c) { return (c & 0xC0) != 0x80; });
  return position.line == lines + 1 && position.column == columns + 1;
}

bool is_true(std::string_view text, const Span& span) {
  return span.begin.offset <= span.end.offset && is_true(text, span.begin) && is_true(text, span.end);
}

bool has_true_places(std::string_view text, const Node& node) {
  return is_true(text, node.span) && std::all_of(node.items.begin(), node.items.end(), [&](const Node& item) { return has_true_places(text, item); }) &&
         std::all_of(node.entries.begin(), node.entries.end(),
                     [&](const Entry& entry) { return has_true_places(text, entry.key) && has_true_places(text, entry.value); });
}

void check(const Document& document, const std::string& text) {
  CAPTURE(text);
  for (const Diagnostic& finding : document.findings()) CHECK(is_true(text, *finding.location.span));
  if (document.root() == nullptr) {
    CHECK_FALSE(document.findings().empty());
    return;
  }
  CHECK(has_true_places(text, *document.root()));
  if (!document.is_sound()) return;
  const Value value = Value::of(*document.root());
  const Document again = parse_yaml({.path = "again.yaml", .text = to_yaml(value)});
  REQUIRE(again.is_sound());
  CHECK(to_json(Value::of(*again.root())) == to_json(value));
}

}  // namespace

TEST_CASE("damaged texts are refused with a reason, or have true places and survive a round trip") {
  std::mt19937 random(1);
  for (int i = 0; i < 4000; ++i) {
    const std::string text = mutated(random);
    check(parse_yaml({.path = "a.yaml", .text = text}), text);
    check(parse_json({.path = "a.json", .text = text}), text);
  }
}

}  // namespace mops::document
