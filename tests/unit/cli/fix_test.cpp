#include "cli/fix.h"

#include "policy/schema.h"

#include <doctest/doctest.h>

#include <array>
#include <random>

using namespace mops;
using namespace mops::cli;

namespace {

/// Every scalar has to be a string.
policy::Schema make_schema() {
  static const document::Document source = document::parse_yaml(
      {.path = "s.yaml", .text = "{type: [string, array, object], items: {$ref: '#'}, additionalProperties: {$ref: '#'}}"});
  static const policy::SchemaLibrary library;
  return policy::Schema::compile(source, library).value();
}

std::vector<Diagnostic> findings_of(const std::string& text) {
  static const policy::Schema schema = make_schema();
  const document::Document document = document::parse_yaml({.path = "a.yaml", .text = text});
  std::vector<Diagnostic> findings = document.findings();
  if (document.root() == nullptr) return findings;
  for (Diagnostic& finding : schema.check(*document.root(), "a.yaml")) findings.push_back(std::move(finding));
  return findings;
}

std::string fixed(const std::string& text) {
  std::vector<Fix> fixes;
  for (const Diagnostic& finding : findings_of(text))
    if (finding.fix) fixes.push_back(*finding.fix);
  return apply_fixes(text, fixes).text;
}

std::string helps_of(const std::string& text) {
  std::string out;
  for (const Diagnostic& finding : findings_of(text)) out += finding.help + "\n";
  return out;
}

/// Writes a text and, beside it, the same with quotes where they are missing.
class Pair {
 public:
  explicit Pair(uint32_t seed) : random_(seed) {
    if (chance(4)) both("\xEF\xBB\xBF");
    line_end_ = chance(3) ? "\r\n" : "\n";
    if (chance(5)) both("# ünïcode 😀 comment" + line_end_);
    if (chance(6)) both("---" + line_end_);
    map(0, 3);
  }

  std::string before;
  std::string after;

 private:
  bool chance(uint32_t one_in) { return random_() % one_in == 0; }

  template <size_t N>
  std::string one_of(const std::array<std::string_view, N>& words) {
    return std::string(words[random_() % N]);
  }

  void both(const std::string& text) {
    before += text;
    after += text;
  }

  /// A scalar that is no string for want of quotes.
  void bare() {
    static constexpr std::array<std::string_view, 24> k_bare = {"1.10", "0123456", "1234567", "0x1F", "0o17", "1e3", "-7", "+1", ".5", "1.", "6.02e+23", "-0.0",
                                                                "null", "Null", "~", "true", "False", "TRUE", ".inf", "-.Inf", ".nan", "1e999",
                                                                "123456789012345678901234567890", "00"};
    const std::string word = one_of(k_bare);
    before += word;
    after += "\"" + word + "\"";
  }

  /// A scalar that is a string, however odd.
  void string_scalar() {
    static constexpr std::array<std::string_view, 20> k_strings = {
        "text", "no", "yes", "2026-11-26", "1.2.3", "0x1G", "'1.10'", "\"a \\\"quoted\\\" \\\\ one\"", "'it''s'", "\"\\u00e9\\n\"",
        "übel", "😀 1.10", "1.10 2", "!!str 1.10", "! 7", "\"1.10\"", "''", "0b1", "1_000", "12:30"};
    both(one_of(k_strings));
  }

  void scalar() {
    if (chance(6)) both("&a" + std::to_string(anchors_++) + (chance(3) ? "  " : " "));
    chance(2) ? bare() : string_scalar();
  }

  /// Unlike every other of the document.
  void key() {
    static constexpr std::array<std::string_view, 4> k_words = {"key", "\"ö \\\" ", "'it''s ", "ключ"};
    const std::string number = std::to_string(keys_++);
    if (chance(4)) {
      const std::string word = chance(2) ? "1." + number + "1" : "0x" + number;
      before += word;
      after += "\"" + word + "\"";
      return;
    }
    const std::string word = one_of(k_words);
    both(word + number + (word[0] == '"' || word[0] == '\'' ? std::string(1, word[0]) : ""));
  }

  void flow(int depth) {
    const bool is_map = chance(2);
    both(is_map ? "{" : "[");
    for (size_t i = 0, count = random_() % 4; i < count; ++i) {
      if (i > 0) both(chance(2) ? ", " : " , ");
      if (is_map) {
        key();
        both(": ");
      }
      depth > 0 && chance(3) ? flow(depth - 1) : scalar();
    }
    both(is_map ? " }" : "]");
  }

  void end_line() { both(std::string(random_() % 3, ' ') + (chance(4) ? " # ö 1.10 \"" : "") + line_end_); }

  void value(int indent, int depth) {
    if (depth > 0 && chance(3)) {
      end_line();
      chance(2) ? map(indent + 2, depth - 1) : list(indent + 2, depth - 1);
      return;
    }
    both(" ");
    if (chance(5)) {
      both("|" + line_end_ + std::string(static_cast<size_t>(indent) + 1, ' ') + "1.10 'ä'" + line_end_);
      return;
    }
    chance(3) ? flow(2) : scalar();
    end_line();
  }

  void map(int indent, int depth) {
    for (size_t i = 0, count = 1 + random_() % 4; i < count; ++i) {
      both(std::string(static_cast<size_t>(indent), ' '));
      if (chance(6)) {
        both("? ");
        key();
        end_line();
        both(std::string(static_cast<size_t>(indent), ' ') + ":");
      } else {
        key();
        both(chance(5) ? " :" : ":");
      }
      value(indent, depth);
    }
  }

  void list(int indent, int depth) {
    for (size_t i = 0, count = 1 + random_() % 4; i < count; ++i) {
      both(std::string(static_cast<size_t>(indent), ' ') + "-");
      value(indent, depth);
    }
  }

  std::mt19937 random_;
  std::string line_end_;
  int anchors_ = 0;
  int keys_ = 0;
};

}  // namespace

TEST_CASE("quotes are put where they are missing, and every other byte stays") {
  size_t changed = 0;
  for (uint32_t seed = 0; seed < 5000; ++seed) {
    const Pair pair(seed);
    CAPTURE(seed);
    CAPTURE(pair.before);
    REQUIRE(fixed(pair.before) == pair.after);
    REQUIRE(helps_of(pair.after) == "");
    changed += pair.before == pair.after ? 0 : 1;
  }
  CHECK(changed > 4000);
}

TEST_CASE("what quotes cannot mend keeps its bytes, and the help says what to do") {
  for (const auto& [text, help] : std::initializer_list<std::pair<std::string, std::string>>{
           {"a: !!float 1.10\n", "its tag makes `1.10` a number; remove the tag, and write `\"1.10\"`\n"},
           {"a: !!int \"7\"\n", "its tag makes `7` an integer; remove the tag, and write `\"7\"`\n"},
           {"a:\n", "\n"},
           {"a: &x\n", "\n"},
           {"a: !!null\n", "\n"},
       }) {
    CHECK(fixed(text) == text);
    CHECK(helps_of(text) == help);
  }
}

TEST_CASE("an alias is mended where its anchor is") {
  const std::string text = "a: &v 1.10\nb: *v\n*v : c\n";
  CHECK(helps_of(text) ==
        "without quotes `1.10` is read as the number 1.1; write `\"1.10\"` where the anchor is\n"
        "without quotes `1.10` is read as the number 1.1; write `\"1.10\"`\n"
        "without quotes `1.10` is read as the number 1.1; write `\"1.10\"` where the anchor is\n");
  CHECK(fixed(text) == "a: &v \"1.10\"\nb: *v\n*v : c\n");
  CHECK(helps_of(fixed(text)) == "");
}

TEST_CASE("what YAML reads without quotes is said in words") {
  for (const auto& [text, words] : std::initializer_list<std::pair<std::string, std::string>>{
           {"1.10", "the number 1.1"}, {"1234567", "an integer"}, {"0123456", "the number 123456"}, {"0x1F", "the number 31"}, {"0o17", "the number 15"},
           {"1e3", "the number 1000"}, {"1.5", "a number"}, {".inf", "infinity"}, {"-.inf", "minus infinity"}, {".nan", "not a number"}, {"1e999", "infinity"},
           {"123456789012345678901234567890", "the number 1.2345678901234568e+29"}, {"true", "a boolean"}, {"FALSE", "the boolean false"},
           {"null", "no value"}, {"~", "no value"}}) {
    CHECK(helps_of("a: " + text) == fmt::format("without quotes `{}` is read as {}; write `\"{}\"`\n", text, words, text));
  }
}

TEST_CASE("fixes are made once, in the order of the file; of two that overlap the first is made") {
  const auto at = [](uint32_t begin, uint32_t end, std::string text) {
    return Fix{.path = {}, .span = {.begin = {.line = 1, .column = begin + 1, .offset = begin}, .end = {.line = 1, .column = end + 1, .offset = end}}, .text = std::move(text)};
  };
  const std::array fixes = {at(4, 5, "E"), at(0, 2, "xyz"), at(1, 3, "lost"), at(0, 2, "again"), at(2, 3, "C")};
  const FixedText after = apply_fixes("abcdef", fixes);
  CHECK(after.text == "xyzCdEf");
  CHECK(after.fixes == 3);
  CHECK(apply_fixes("abc", {}).text == "abc");
}
