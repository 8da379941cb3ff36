#include "cli/excerpt.h"

#include "base/text.h"

#include <doctest/doctest.h>

using namespace mops;
using namespace mops::cli;

namespace {

std::string plain_excerpt(std::string text, Span span, size_t width = 80, std::string_view message = "") {
  SourceTexts texts;
  texts.add("f", std::move(text));
  return excerpt({.path = "f", .span = span}, Colour::red, message, texts, {.width = width, .paint = [](Colour, std::string_view t) { return std::string(t); }});
}

Span on_line(uint32_t line, uint32_t begin, uint32_t end) { return {.begin = {.line = line, .column = begin}, .end = {.line = line, .column = end}}; }

/// Where the carets begin and end on the terminal, and the same of `marked` in the line above them.
void check_alignment(const std::string& shown, std::string_view marked) {
  const auto lines = split(shown, '\n');
  REQUIRE(lines.size() >= 3);
  const size_t at = lines[1].find(marked);
  REQUIRE(at != std::string_view::npos);
  CHECK(display_width(lines[1].substr(0, at)) == lines[2].find('^'));
  CHECK(display_width(marked) == lines[2].rfind('^') + 1 - lines[2].find('^'));
}

}  // namespace

TEST_CASE("the excerpt is the line with carets below the span") {
  CHECK(plain_excerpt("a: 1\nkey: value\n", on_line(2, 6, 11)) ==
        "   |\n"
        " 2 | key: value\n"
        "   |      ^^^^^\n");
  CHECK(plain_excerpt("a: 1\nkey: value\n", on_line(2, 1, 4), 80, "defined here") ==
        "   |\n"
        " 2 | key: value\n"
        "   | ^^^ defined here\n");
}

TEST_CASE("places at the ends") {
  CHECK(plain_excerpt("", on_line(1, 1, 1)) == "   |\n 1 |\n   | ^\n");
  CHECK(plain_excerpt("ab", on_line(1, 3, 3)) == "   |\n 1 | ab\n   |   ^\n");
  CHECK(plain_excerpt("\xEF\xBB\xBF" "ab\r\n", on_line(1, 1, 3)) == "   |\n 1 | ab\n   | ^^\n");
  CHECK(plain_excerpt("a", on_line(7, 1, 2)) == "");
  CHECK(plain_excerpt("abc\ndef", {.begin = {.line = 1, .column = 2}, .end = {.line = 2, .column = 3}}) == "   |\n 1 | abc\n   |  ^^\n");
}

TEST_CASE("carets stand below wide characters, marks and tabs") {
  check_alignment(plain_excerpt("name: 東京 # x", on_line(1, 7, 9)), "東京");
  check_alignment(plain_excerpt("東京: wert", on_line(1, 5, 9)), "wert");
  check_alignment(plain_excerpt("🚀🚀: {a: 1}", on_line(1, 6, 7)), "a");
  check_alignment(plain_excerpt("e\u0301e\u0301: wrong", on_line(1, 7, 12)), "wrong");
  check_alignment(plain_excerpt("\tkey:\tvalue", on_line(1, 7, 12)), "value");
  CHECK(plain_excerpt("\tx", on_line(1, 2, 3)) == "   |\n 1 |     x\n   |     ^\n");
}

TEST_CASE("what a terminal would obey is shown as a picture") {
  CHECK(plain_excerpt("a\x1b[31mb\u202E" "c\u0085", on_line(1, 2, 3)) ==
        "   |\n"
        " 1 | a␛[31mb\uFFFD" "c\uFFFD\n"
        "   |  ^\n");
  CHECK(plain_excerpt("a\xFF" "bc", on_line(1, 3, 4)) == "   |\n 1 | a\uFFFDbc\n   |   ^\n");
}

TEST_CASE("a long line is cut around the place, and never wider than the terminal") {
  const std::string words(500, 'x');
  const std::string line = words + "PLACE" + words;
  for (const size_t width : {30U, 80U, 200U}) {
    const std::string shown = plain_excerpt(line, on_line(1, 501, 506), width);
    check_alignment(shown, "PLACE");
    for (const std::string_view row : split(shown, '\n')) CHECK(display_width(row) <= width);
    CHECK(split(shown, '\n')[1].ends_with("…"));
  }
  const std::string at_end = plain_excerpt(words + "PLACE", on_line(1, 501, 506), 40);
  check_alignment(at_end, "PLACE");
  CHECK(split(at_end, '\n')[1].ends_with("xPLACE"));
  const std::string at_begin = plain_excerpt("PLACE" + words, on_line(1, 1, 6), 40);
  CHECK(split(at_begin, '\n')[1].starts_with(" 1 | PLACEx"));
  // Longer than the terminal is wide: the carets end with the line.
  const std::string all = plain_excerpt(words, on_line(1, 1, 501), 40);
  for (const std::string_view row : split(all, '\n')) CHECK(display_width(row) <= 40);
  std::string wide;
  for (int i = 0; i < 300; ++i) wide += "東";
  for (const std::string_view row : split(plain_excerpt(wide, on_line(1, 150, 152), 41), '\n')) CHECK(display_width(row) <= 41);
}
