#include "policy/pattern.h"
#include "policy/ecma_pattern.h"

#include <doctest/doctest.h>

using namespace mops;
using namespace mops::policy;

namespace {

bool matches(std::string_view expression, std::string_view text) {
  bool result = false;
  for (const auto speed : {PatternSpeed::one_document, PatternSpeed::many_documents}) {
    const auto pattern = Pattern::compile(expression, speed);
    REQUIRE_MESSAGE(pattern, expression);
    PatternScratch scratch;
    const Match match = pattern->search(text, scratch);
    REQUIRE(match != Match::gave_up);
    result = match == Match::yes;
  }
  return result;
}

std::string refusal(std::string_view expression) {
  const auto pattern = Pattern::compile(expression);
  REQUIRE_MESSAGE(!pattern, expression);
  return pattern.error().message;
}

}  // namespace

TEST_CASE("patterns are those of ECMA-262") {
  CHECK(matches("^x-", "x-owner"));
  CHECK_FALSE(matches("^x-", "owner-x-"));
  CHECK_FALSE(matches("^a$", "a\n"));
  CHECK_FALSE(matches("^.$", "\xE2\x80\xA8"));
  CHECK(matches("^[^\\S]$", "\xC2\xA0"));
  CHECK(matches("^\\u00e4\\u{1F600}\\ud83d\\ude00$", "ä😀😀"));
  CHECK(matches("^[\\u00e4-\\u00fc]$", "ö"));
  CHECK(matches("^\\p{Letter}\\P{L}\\p{Script=Greek}\\p{gc=Lu}$", "ä1αA"));
  CHECK_FALSE(matches("[]", ""));
  CHECK(matches("a[^]b", "a\nb"));
  CHECK(matches("^[[:alpha:]]$", ":]"));
  CHECK(matches("^a{2}?b*?$", "aa"));
  CHECK(matches("^\\v\\0$", std::string_view("\x0b\0", 2)));
  CHECK(matches("^(?<year>[0-9]{4})-\\k<year>$", "2026-2026"));
  CHECK(matches("^(?!/)(?!.*(^|/)[.]{0,2}(/|$)).+$", "data/a.b/..c"));
  for (const char* path : {"/a", "a/../b", "a//b", "./a", "a/", "..", ""}) CHECK_FALSE(matches("^(?!/)(?!.*(^|/)[.]{0,2}(/|$)).+$", path));
}

TEST_CASE("patterns: what ECMA-262 does not know") {
  CHECK(refusal("\\Aab\\Z") == "`\\Aab\\Z` is not a regular expression of ECMA-262: unknown escape `\\A`");
  CHECK(refusal("(?i)a") == "`(?i)a` is not a regular expression of ECMA-262: `(?i` begins no group");
  CHECK(refusal("(*UTF)a") == "`(*UTF)a` is not a regular expression of ECMA-262: nothing to repeat after `(`");
  CHECK(refusal("a++") == "`a++` is not a regular expression of ECMA-262: a quantifier follows a quantifier");
  CHECK(refusal("[a") == "`[a` is not a regular expression of ECMA-262: `[` is not closed");
  CHECK(refusal("a\\") == "`a\\` is not a regular expression of ECMA-262: it ends in `\\`");
  CHECK(refusal("*a").starts_with("`*a` is not a regular expression: "));
  CHECK(refusal("\\p{Nothing}").starts_with("`\\p{Nothing}` is not a regular expression: "));
}

TEST_CASE("patterns: texts that are long or slow") {
  CHECK(matches("^(ab|a)*$", std::string(100'000, 'a')));
  const auto slow = Pattern::compile("^(a+)+$");
  REQUIRE(slow);
  PatternScratch scratch;
  CHECK(slow->search(std::string(200, 'a') + "!", scratch) == Match::gave_up);
  CHECK(slow->search("aaa", scratch) == Match::yes);
}
