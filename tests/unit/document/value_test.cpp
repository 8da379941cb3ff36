#include "document/document.h"
#include "document/pointer.h"
#include "document/value.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

namespace mops::document {
namespace {

Value sample() {
  return Value::map()
      .set("name", "churn")
      .set("numbers", Value::list({1, -2.5, 1.0, true, nullptr, int64_t{9007199254740993}}))
      .set("empty", Value::map().set("list", Value::list()).set("map", Value::map()))
      .set("name", "other");
}

std::string canonical(double value) { return to_canonical_json(value); }

}  // namespace

TEST_CASE("JSON, compact and indented") {
  CHECK(to_json(sample()) == R"({"name":"other","numbers":[1,-2.5,1.0,true,null,9007199254740993],"empty":{"list":[],"map":{}}})");
  CHECK(to_json(sample(), JsonLayout::indented) ==
        "{\n"
        "  \"name\": \"other\",\n"
        "  \"numbers\": [\n"
        "    1,\n"
        "    -2.5,\n"
        "    1.0,\n"
        "    true,\n"
        "    null,\n"
        "    9007199254740993\n"
        "  ],\n"
        "  \"empty\": {\n"
        "    \"list\": [],\n"
        "    \"map\": {}\n"
        "  }\n"
        "}\n");
  CHECK(to_json(std::string("\"\\\b\f\n\r\t\x01\x7Fä\xFFz", 13)) == "\"\\\"\\\\\\b\\f\\n\\r\\t\\u0001\x7Fä\xEF\xBF\xBDz\"");
  CHECK(to_json(Value::list({std::numeric_limits<double>::infinity(), std::nan(""), -0.0})) == "[null,null,-0.0]");
  CHECK(to_json(Value(uint64_t{18446744073709551615u})) == "18446744073709552000.0");
}

TEST_CASE("canonical JSON of RFC 8785") {
  SUBCASE("the numbers of its appendix B") {
    CHECK(canonical(0.0) == "0");
    CHECK(canonical(-0.0) == "0");
    CHECK(canonical(5e-324) == "5e-324");
    CHECK(canonical(-5e-324) == "-5e-324");
    CHECK(canonical(1.7976931348623157e308) == "1.7976931348623157e+308");
    CHECK(canonical(9007199254740992.0) == "9007199254740992");
    CHECK(canonical(295147905179352830000.0) == "295147905179352830000");
    CHECK(canonical(9.999999999999997e22) == "9.999999999999997e+22");
    CHECK(canonical(1e23) == "1e+23");
    CHECK(canonical(999999999999999700000.0) == "999999999999999700000");
    CHECK(canonical(1e21) == "1e+21");
    CHECK(canonical(9.999999999999997e-7) == "9.999999999999997e-7");
    CHECK(canonical(0.000001) == "0.000001");
    CHECK(canonical(333333333.3333332) == "333333333.3333332");
    CHECK(canonical(-0.0000033333333333333333) == "-0.0000033333333333333333");
    CHECK(canonical(1424953923781206.2) == "1424953923781206.2");
  }
  SUBCASE("its example of sorting") {
    const Document document = parse_json(
        {.path = "a.json",
         .text = R"({"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One","\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis"})"});
    CHECK(to_canonical_json(Value::of(*document.root())) ==
          "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\xC2\x80\":\"Control\",\"ö\":\"Latin Small Letter O With Diaeresis\",\"€\":\"Euro Sign\","
          "\"😀\":\"Emoji: Grinning Face\",\"\xEF\xAC\xB3\":\"Hebrew Letter Dalet With Dagesh\"}");
  }
}

TEST_CASE("YAML is written as a person would") {
  CHECK(to_yaml(Value::map()
                    .set("format", "mops/v1")
                    .set("version", "1.10")
                    .set("summary", "two\nlines\n")
                    .set("rows", Value::list({Value::map().set("a", 1).set("b", 1.0), Value::map().set("a", nullptr)}))
                    .set("none", Value::list())) ==
        "format: mops/v1\n"
        "version: \"1.10\"\n"
        "summary: |\n"
        "  two\n"
        "  lines\n"
        "rows:\n"
        "  - a: 1\n"
        "    b: 1.0\n"
        "  - a: ~\n"
        "none: []\n");
}

TEST_CASE("strings come back as strings from YAML, as values and as keys") {
  for (const std::string text :
       {"1.10", "no", "Yes", "2026-01-01", "~", "", "x: y", "x #y", "x:", ":x", "- a", "-", "? x", "#c", "*a", "&a", "!t", "%d", "@d", "`", "{a}", "[b", "it's", "\"q\"",
        "|", ">", "null", "TRUE", "0x1F", "0o7", "1e3", ".inf", ".nan", "1_000", "12:30", "<<", "=", " lead", "trail ", "a  b", "tab\there", "line\n", "\n", "a\nb", "a\nb\n",
        "  a\nb\n", "a\n\n b\n", "a\nb\n\n", "a \nb\n", "a\n   \nb\n", "a\r\nb\r\n", "---\n...\n", "a\n# b\n", "\xE2\x80\xA8", "\xC2\x85", "\xEF\xBB\xBF", "\x7F", "\x01", "äö", "😀",
        "a, b", "http://x/y:z"}) {
    const Value value = Value::map().set(text, text).set("list", Value::list({text, Value::list({text})}));
    const Document document = parse_yaml({.path = "a", .text = to_yaml(value)});
    REQUIRE_MESSAGE(document.is_sound(), to_yaml(value));
    CHECK_MESSAGE(to_json(Value::of(*document.root())) == to_json(value), to_yaml(value));
  }
  const std::string long_key(2000, 'k');
  CHECK(parse_yaml({.path = "a", .text = to_yaml(Value::map().set(long_key, 1))}).root()->find(long_key)->integer == 1);
}

TEST_CASE("numbers come back as the same numbers") {
  for (const double number : {1.0, -0.0, 0.1, 1e21, 1e-7, 5e-324, 1.7976931348623157e308, 123456.789}) {
    const Document yaml = parse_yaml({.path = "a", .text = to_yaml(number)});
    const Document json = parse_json({.path = "a", .text = to_json(number)});
    for (const Document* document : {&yaml, &json}) {
      CHECK(document->root()->kind == NodeKind::number);
      CHECK(document->root()->number == number);
      CHECK(std::signbit(document->root()->number) == std::signbit(number));
    }
  }
  CHECK(std::isinf(parse_yaml({.path = "a", .text = to_yaml(-std::numeric_limits<double>::infinity())}).root()->number));
  CHECK(std::isnan(parse_yaml({.path = "a", .text = to_yaml(std::nan(""))}).root()->number));
}

TEST_CASE("JSON pointers") {
  const Document document = parse_yaml({.path = "a", .text = "datasets:\n  - path: x\n  - {a/b: 1, m~n: 2, \"\": 3}\n"});
  const Node& root = *document.root();
  CHECK(find_pointer(root, "") == &root);
  CHECK(find_pointer(root, "/datasets/0/path")->text == "x");
  CHECK(find_pointer(root, "/datasets/1/a~1b")->integer == 1);
  CHECK(find_pointer(root, "/datasets/1/m~0n")->integer == 2);
  CHECK(find_pointer(root, "/datasets/1/")->integer == 3);
  for (const char* wrong : {"datasets", "/datasets/2", "/datasets/-", "/datasets/00", "/datasets/01", "/datasets/0/path/x", "/datasets/1/m~2n", "/datasets/1/m~", "/x"})
    CHECK_MESSAGE(find_pointer(root, wrong) == nullptr, wrong);
  CHECK(pointer_of(root, root.entries[0].value.items[1].entries[0].value) == "/datasets/1/a~1b");
  const std::array<Step, 3> steps = {"datasets", size_t{1}, "m~n"};
  CHECK(pointer_of(steps) == "/datasets/1/m~0n");
}

}  // namespace mops::document
