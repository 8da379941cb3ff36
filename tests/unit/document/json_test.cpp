#include "dump.h"

#include <doctest/doctest.h>

namespace mops::document {

TEST_CASE("every key and value of JSON has its place") {
  CHECK(dump_json("\xEF\xBB\xBF{\"ä\": [1, -2.50, 1e3, true, false, null],\r\n \"b\\u00e9\\ud83d\\ude00\\n\": {}, \"c\": []}\n") ==
        " a map 1:1-2:39\n"
        "ä (1:2-1:5): a list 1:7-1:41\n"
        "  - an integer 1:8-1:9 <1>\n"
        "  - a number 1:11-1:16 <-2.50>\n"
        "  - a number 1:18-1:21 <1e3>\n"
        "  - a boolean 1:23-1:27 <true>\n"
        "  - a boolean 1:29-1:34 <false>\n"
        "  - null 1:36-1:40 <null>\n"
        "bé😀\n (2:2-2:25): a map 2:27-2:29\n"
        "c (2:31-2:34): a list 2:36-2:38\n");
  const Document document = parse_json({.path = "a.json", .text = "[\"ö\", 12345678901234567890]"});
  CHECK(document.root()->items[1].span.begin.offset == 7);
  CHECK_FALSE(document.root()->items[1].integer_fits);
  CHECK(document.root()->items[1].number == 12345678901234567890.0);
}

TEST_CASE("duplicate keys of JSON: the first stands") {
  CHECK(dump_json("{\"a\": 1, \"\\u0061\": 2}") ==
        " a map 1:1-1:22\n"
        "a (1:2-1:5): an integer 1:7-1:8 <1>\n"
        "1:10-1:18 [json/duplicate-key] the key `a` appears twice in one map | 1:2-1:5 `a` is first defined here | help: remove one of the two\n");
}

TEST_CASE("halves of surrogate pairs") {
  CHECK(dump_json("\"\\ud800\\u0041\"") ==
        " a string 1:1-1:15 <\xEF\xBF\xBD"
        "A>\n"
        "1:2-1:8 [json/encoding] found half of a surrogate pair, `\\ud800` | help: write the character itself\n");
}

TEST_CASE("what is not JSON") {
  const auto finding = [](std::string text) { return dump_json(std::move(text)).substr(std::string_view(" nothing\n").size()); };
  CHECK(finding("") == "1:1-1:1 [json/syntax] found the end of the file, expected a value\n");
  CHECK(finding("{\"a\": 1,}") == "1:9-1:10 [json/syntax] found `}`, expected a key in double quotes after the comma | help: remove the comma before it\n");
  CHECK(finding("[1,]") == "1:4-1:5 [json/syntax] found `]`, expected a value after the comma | help: remove the comma before it\n");
  CHECK(finding("[1 2]") == "1:4-1:5 [json/syntax] found `2`, expected `,` or `]` | help: put a comma before it, or look for a quote that is missing\n");
  CHECK(finding("[,1]") == "1:2-1:3 [json/syntax] found `,`, expected a value or `]`\n");
  CHECK(finding("[1}") == "1:3-1:4 [json/syntax] found `}`, expected `,` or `]` | help: close it with `]`\n");
  CHECK(finding("{a: 1}") == "1:2-1:3 [json/syntax] found `a`, expected a key in double quotes or `}` | help: put the key in double quotes\n");
  CHECK(finding("{\"a\" 1}") == "1:6-1:7 [json/syntax] found `1`, expected `:` after the key | help: put a colon between key and value\n");
  CHECK(finding("{\"a\": }") == "1:7-1:8 [json/syntax] found `}`, expected a value\n");
  CHECK(finding("['x']") == "1:2-1:3 [json/syntax] found `'`, expected a value or `]` | help: put the text in double quotes\n");
  CHECK(finding("// c\n1") == "1:1-1:3 [json/syntax] found `//`, expected a value | help: JSON has no comments\n");
  CHECK(finding("True") == "1:1-1:5 [json/syntax] found `True`, expected a value | help: write `true`\n");
  CHECK(finding("truex") == "1:1-1:6 [json/syntax] found `truex`, expected a value\n");
  CHECK(finding("NaN") == "1:1-1:4 [json/syntax] found `NaN`, expected a value | help: JSON has no such number: write `null`, or leave it out\n");
  CHECK(finding("+1") == "1:1-1:3 [json/syntax] found `+1`, expected a value | help: write `1`\n");
  CHECK(finding("01") == "1:1-1:3 [json/syntax] found the number `01` with a leading zero | help: remove the zero, or put the text in double quotes\n");
  CHECK(finding("[1.]") == "1:4-1:5 [json/syntax] found `]`, expected a digit | help: a number has digits on both sides of its point\n");
  CHECK(finding("-") == "1:2-1:2 [json/syntax] found the end of the file, expected a digit\n");
  CHECK(finding("1e") == "1:3-1:3 [json/syntax] found the end of the file, expected a digit\n");
  CHECK(finding("1 2") == "1:3-1:4 [json/syntax] found `2`, expected the end of the file | help: a JSON file holds one value\n");
  CHECK(finding("[\"ä") == "1:2-1:3 [json/syntax] found a string without an end, expected `\"` | help: add the closing quote\n");
  CHECK(finding("\"a\nb\"") == "1:1-1:2 [json/syntax] found a string that does not end on its line | help: write a line break as `\\n`\n");
  CHECK(finding("\"a\tb\"") == "1:3-1:4 [json/syntax] found the control character U+0009 in a string | help: write it as `\\u0009`\n");
  CHECK(finding("\"\\x\"") == "1:2-1:4 [json/syntax] found the unknown escape `\\x` | help: write a backslash as `\\\\`\n");
  CHECK(finding("\"\\u12g4\"") == "1:2-1:8 [json/syntax] found `\\u` without four hexadecimal digits\n");
  CHECK(finding(std::string("[\0]", 3)) == "1:2-1:3 [json/syntax] found ` `, expected a value or `]`\n");
  CHECK(finding("[\"\xC3\"]") == "1:3-1:3 [json/encoding] found the byte 0xC3, which is not UTF-8 | help: save the file as UTF-8\n");
}

TEST_CASE("nesting of JSON is bounded") {
  CHECK(parse_json({.path = "a", .text = std::string(1000, '[') + std::string(1000, ']')}).is_sound());
  CHECK(dump_json(std::string(100'000, '[')) == " nothing\n1:1001-1:1002 [json/too-deep] values are nested deeper than 1000 levels\n");
}

TEST_CASE("the path chooses the language") {
  CHECK(parse({.path = "a.json", .text = "a: 1"}).root() == nullptr);
  CHECK(parse({.path = "a.yaml", .text = "a: 1"}).is_sound());
}

}  // namespace mops::document
