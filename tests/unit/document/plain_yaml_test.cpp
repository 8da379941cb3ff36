#include "document/plain_yaml.h"

#include "document/yaml_events.h"
#include "dump.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <random>

namespace mops::document {
namespace {

bool takes(const std::string& text) {
  DocumentBuilder builder({.path = "a.yaml", .text = text}, "yaml");
  return read_plain_yaml(builder);
}

bool same(const Node& a, const Node& b) {
  return a.kind == b.kind && a.style == b.style && a.boolean == b.boolean && a.integer_fits == b.integer_fits && a.integer == b.integer &&
         std::bit_cast<uint64_t>(a.number) == std::bit_cast<uint64_t>(b.number) && a.text == b.text && a.span == b.span &&
         std::equal(a.items.begin(), a.items.end(), b.items.begin(), b.items.end(), same) &&
         std::equal(a.entries.begin(), a.entries.end(), b.entries.begin(), b.entries.end(),
                    [](const Entry& x, const Entry& y) { return same(x.key, y.key) && same(x.value, y.value); });
}

/// The short way says what libyaml says.
void check_same(const std::string& text) {
  CAPTURE(text);
  const Document plain = parse_yaml({.path = "a.yaml", .text = text});
  const Document whole = parse_yaml_events({.path = "a.yaml", .text = text});
  CHECK(dump(plain) == dump(whole));
  CHECK((plain.root() != nullptr) == (whole.root() != nullptr));
  if (plain.root() != nullptr && whole.root() != nullptr) CHECK(same(*plain.root(), *whole.root()));
}

constexpr std::string_view k_seeds[] = {
    "a: 1\nb:\n  - x\n  - y: z\n    w: v\n",
    "format: mops/v1\nname: \"churn\"\nowner: {team: risk, contact: \"risk@example.com\"} # us\nlevel: production\n\ninterface:\n  inputs:\n"
    "    - {name: age, datatype: INT64, shape: [-1], range: [0, 120], nullable: false}\n    - name: sex\n      datatype: INT64\n",
    "- - a\n  - b\n-\n  c: d\n- e: f\n  g:\n  - h\n  -\n  - i\n",
    "a:\n- 1\n- 2.5\nb:\n  c:\n    d: ~\n  e: null\nf:\n",
    "# head\n---\na: 'it''s'\n'b c': \"x\\ty\\\\ \\\"q\\\" \\/\"\n\"d\": -1e3\ne : f g # h\ni: j#k\nurl: http://x.y:80/z?a=b&c#d\n",
    "[a, 'b', {c: d, \"e\":1, f: [ ], g: {}}, -1, -x, http://h/p,\n  # note\n  y: z]\n",
    "a: {b: 1,\n  c: [1, 2,\n3], # x\n  d: e f,\n}\n\n\ng: h\n",
    "äö: ü\nb: \"ö\" # ä\n- - 😀\n",
    "a: ä # ü\nö: [ß, {é: \"ñ\"}]\nz: 日本: x\n",
    "word\n",
    "  a: 1\n  b:\n     c: 2\n",
    "a: 0x1F\nb: 0o17\nc: .inf\nd: 1.10\ne: True\nf: 12345678901234567890\n2: x\n~: y\na: again\n<<: z\n",
};
constexpr std::string_view k_pieces[] = {" ",  "  ", "\n", "\n  ", ":", ": ", "- ", "-", ",", ", ", "[", "]", "{", "}", "#", " #", "'", "\"", "''", "&a ", "*a", "!",
                                         "!!str ", "| ", "|\n", ">", "?", "? ", "@", "`", "%", "1", "\t", ".", "\\", "\\\"", "~", "\r\n", "ö", "😀", "<<: ", "---\n", "---", "...\n", "x: y\n",
                                         "\n- ", "\n\n"};

std::string mutated(std::mt19937& random) {
  std::string text(k_seeds[random() % std::size(k_seeds)]);
  for (size_t left = random() % 5; left > 0; --left) {
    const size_t at = random() % (text.size() + 1);
    if (random() % 3 == 0) text.erase(std::min(at, text.size() - 1), 1 + random() % 4);
    else if (random() % 5 == 0) text.insert(at, k_seeds[random() % std::size(k_seeds)].substr(0, random() % 40));
    else text.insert(at, k_pieces[random() % std::size(k_pieces)]);
    if (text.empty()) break;
  }
  return text;
}

std::string assembled(std::mt19937& random) {
  std::string text;
  for (size_t left = random() % 16; left > 0; --left) text += random() % 2 == 0 ? std::string(k_pieces[random() % std::size(k_pieces)]) : std::string(1, "abc 01"[random() % 6]);
  return text;
}

}  // namespace

TEST_CASE("plain YAML: what is written every day is taken") {
  for (const std::string_view seed : k_seeds) {
    const std::string text(seed);
    CAPTURE(text);
    check_same(text);
  }
  CHECK(takes(std::string(k_seeds[0])));
  CHECK(takes(std::string(k_seeds[1])));
  CHECK(takes(std::string(k_seeds[2])));
  CHECK(takes(std::string(k_seeds[3])));
  CHECK(takes("---\na: 'it''s'\n\"b\": \"\\n\"\n"));
  CHECK(takes("a: {b: 1,\n  c: [1, 2,\n3], # x\n  d: e f,\n}\n\n\ng: h\n"));
  CHECK(takes("äö: ü\nb: \"ö\" # ä\n"));
}

TEST_CASE("plain YAML: the rest of the language is left to libyaml") {
  for (const char* text : {"", "# nothing\n", "a: &x 1\n", "a: *x\n", "a: !!str 1\n", "a: |\n  b\n", "a: >\n  b\n", "? a\n: b\n", "a: b\n c\n", "a: 'b\n c'\n", "[a\n b]\n", "a: \"\\x41\"\n", "a:\tb\n",
                           "a: b\r\n", "%YAML 1.2\n---\na: b\n", "a: b\n---\nc: d\n", "a: b\n...\n", "[a: b]\n", "{a}\n", "{a: }\n", "a: b: c\n", "a: b\n   c: d\n", "a: - b\n", "- a\nb: c\n", "a: b\nc\n"}) {
    CAPTURE(text);
    CHECK_FALSE(takes(text));
    check_same(text);
  }
}

TEST_CASE("plain YAML: nesting is left to libyaml before it is deep") {
  check_same(std::string(63, '[') + std::string(63, ']'));
  check_same(std::string(100, '[') + std::string(100, ']'));
  check_same(std::string(2000, '['));
  std::string steps;
  for (size_t i = 0; i < 100; ++i) steps += std::string(i, ' ') + "a:\n";
  check_same(steps);
}

TEST_CASE("plain YAML: random texts, as libyaml reads them") {
  const char* rounds = std::getenv("MOPS_TEST_ROUNDS");
  std::mt19937 random(7);
  size_t taken = 0;
  for (long left = rounds != nullptr ? std::atol(rounds) : 20'000; left > 0; --left) {
    const std::string text = left % 3 == 0 ? assembled(random) : mutated(random);
    if (takes(text)) ++taken;
    check_same(text);
  }
  CHECK(taken > 2000);
}

}  // namespace mops::document
