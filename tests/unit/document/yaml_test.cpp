#include "dump.h"

#include <doctest/doctest.h>

namespace mops::document {

TEST_CASE("every key and value of YAML has its place") {
  SUBCASE("block collections begin at their first child and end at their last") {
    CHECK(dump_yaml("a: 1\n"
                    "b:\n"
                    "  - x\n"
                    "  - {k: v, z: [1, 2.5]}\n"
                    "\n"
                    "# comment\n"
                    "c:\n"
                    "- d\n"
                    "e:\n") ==
          " a map 1:1-9:3\n"
          "a (1:1-1:2): an integer 1:4-1:5 <1>\n"
          "b (2:1-2:2): a list 3:3-4:24\n"
          "  - a string 3:5-3:6 <x>\n"
          "  - a map 4:5-4:24\n"
          "    k (4:6-4:7): a string 4:9-4:10 <v>\n"
          "    z (4:12-4:13): a list 4:15-4:23\n"
          "      - an integer 4:16-4:17 <1>\n"
          "      - a number 4:19-4:22 <2.5>\n"
          "c (7:1-7:2): a list 8:1-8:4\n"
          "  - a string 8:3-8:4 <d>\n"
          "e (9:1-9:2): null 9:3-9:3 <>\n");
  }
  SUBCASE("columns count code points, CRLF is one line break, a byte order mark has no column") {
    CHECK(dump_yaml("\xEF\xBB\xBFäö: \"ü😀\" # c\r\nb: 1\r\n") ==
          " a map 1:1-2:5\n"
          "äö (1:1-1:3): a string 1:5-1:9 <ü😀>\n"
          "b (2:1-2:2): an integer 2:4-2:5 <1>\n");
  }
  SUBCASE("block scalars end with their last line of text") {
    CHECK(dump_yaml("a: |\n  x\n   y\n\nb: >-\n  p\n  q\n\n\nc: |+\n\n") ==
          " a map 1:1-10:6\n"
          "a (1:1-1:2): a string 1:4-3:5 <x\n y\n>\n"
          "b (5:1-5:2): a string 5:4-7:4 <p q>\n"
          "c (10:1-10:2): a string 10:4-10:6 <\n>\n");
  }
  SUBCASE("tagged and anchored values begin at the tag or anchor") {
    CHECK(dump_yaml("a: !!str 12\nb: &x\n  c: 1\nd: !!seq [1]\ne: ! 12\nf: &y ! 12\n") ==
          " a map 1:1-6:11\n"
          "a (1:1-1:2): a string 1:4-1:12 <12>\n"
          "b (2:1-2:2): a map 2:4-3:7\n"
          "  c (3:3-3:4): an integer 3:6-3:7 <1>\n"
          "d (4:1-4:2): a list 4:4-4:13\n"
          "  - an integer 4:11-4:12 <1>\n"
          "e (5:1-5:2): a string 5:4-5:8 <12>\n"
          "f (6:1-6:2): a string 6:4-6:11 <12>\n");
  }
  SUBCASE("pairs in brackets") {
    CHECK(dump_yaml("[a: b, \"c\":d]") ==
          " a list 1:1-1:14\n"
          "- a map 1:2-1:6\n"
          "  a (1:2-1:3): a string 1:5-1:6 <b>\n"
          "- a map 1:8-1:13\n"
          "  c (1:8-1:11): a string 1:12-1:13 <d>\n");
  }
  SUBCASE("text over several lines") {
    CHECK(dump_yaml("a: b\n c\nd: 'x\n\n  y'\n") ==
          " a map 1:1-5:5\n"
          "a (1:1-1:2): a string 1:4-2:3 <b c>\n"
          "d (3:1-3:2): a string 3:4-5:5 <x\ny>\n");
  }
}

TEST_CASE("offsets are bytes of the file") {
  const Document document = parse_yaml({.path = "a", .text = "\xEF\xBB\xBFä: ö\r\nb: \"q\"\r\n"});
  const auto text = [&](const Node& node) {
    return document.source().text.substr(node.span.begin.offset, node.span.end.offset - node.span.begin.offset);
  };
  REQUIRE(document.is_sound());
  CHECK(text(document.root()->entries[0].key) == "ä");
  CHECK(text(document.root()->entries[0].value) == "ö");
  CHECK(text(document.root()->entries[1].value) == "\"q\"");
}

TEST_CASE("offsets stay right behind thousands of characters of two bytes") {
  std::string text;
  for (int i = 0; i < 3000; ++i) text += "- öäü\n";
  const Document document = parse_yaml({.path = "a", .text = text});
  const Span span = document.root()->items.back().span;
  CHECK(place(span) == "3000:3-3000:6");
  CHECK(span.begin.offset == 2999 * 9 + 2);
  CHECK(span.end.offset == 2999 * 9 + 8);
}

TEST_CASE("a text without a value is null") {
  CHECK(dump_yaml("") == " null 1:1-1:1 <>\n");
  CHECK(dump_yaml("# nothing\n\n") == " null 1:1-1:1 <>\n");
  CHECK(dump_yaml("---\n...\n") == " null 2:1-2:1 <>\n");
}

TEST_CASE("findings that leave a document") {
  SUBCASE("duplicate keys: the first stands") {
    CHECK(dump_yaml("a: 1\nb: {c: 1, c: 2}\n\"a\": 3\n") ==
          " a map 1:1-3:7\n"
          "a (1:1-1:2): an integer 1:4-1:5 <1>\n"
          "b (2:1-2:2): a map 2:4-2:16\n"
          "  c (2:5-2:6): an integer 2:8-2:9 <1>\n"
          "2:11-2:12 [yaml/duplicate-key] the key `c` appears twice in one map | 2:5-2:6 `c` is first defined here | help: remove one of the two\n"
          "3:1-3:4 [yaml/duplicate-key] the key `a` appears twice in one map | 1:1-1:2 `a` is first defined here | help: remove one of the two\n");
  }
  SUBCASE("duplicates in a large map") {
    std::string text;
    for (int i = 0; i < 100; ++i) text += fmt::format("k{}: {}\n", i, i);
    const Document document = parse_yaml({.path = "a", .text = text + "k42: x\n"});
    REQUIRE(document.findings().size() == 1);
    CHECK(place(*document.findings()[0].labels[0].location.span) == "43:1-43:4");
    CHECK(document.root()->entries.size() == 100);
    CHECK(document.root()->find("k42")->integer == 42);
  }
  SUBCASE("keys of another kind become text") {
    CHECK(dump_yaml("1: a\ntrue: b\n? [x]\n: c\n") ==
          " a map 1:1-4:4\n"
          "1 (1:1-1:2): a string 1:4-1:5 <a>\n"
          "true (2:1-2:5): a string 2:7-2:8 <b>\n"
          "1:1-1:2 [yaml/key-type] found an integer as a key (`1`), expected a string | help: without quotes `1` is read as an integer; write `\"1\"`\n"
          "2:1-2:5 [yaml/key-type] found a boolean as a key (`true`), expected a string | help: without quotes `true` is read as a boolean; write `\"true\"`\n"
          "3:3-3:6 [yaml/key-type] found a list as a key, expected a string\n");
    const Document document = parse_yaml({.path = "p", .text = "1.10: a\n"});
    const auto& fix = document.findings().at(0).fix;
    REQUIRE(fix);
    CHECK(fix->text == "\"1.10\"");
    CHECK(place(fix->span) == "1:1-1:5");
  }
  SUBCASE("merge keys are dropped, a quoted `<<` is a key like any other") {
    CHECK(dump_yaml("a: &a {x: 1}\nb:\n  <<: *a\n  \"<<\": 2\n") ==
          " a map 1:1-4:10\n"
          "a (1:1-1:2): a map 1:4-1:13\n"
          "  x (1:8-1:9): an integer 1:11-1:12 <1>\n"
          "b (2:1-2:2): a map 3:3-4:10\n"
          "  << (4:3-4:7): an integer 4:9-4:10 <2>\n"
          "3:3-3:5 [yaml/merge-key] found the merge key `<<`, which YAML 1.2 does not know | help: write the entries out\n");
  }
  SUBCASE("several documents: the first stands") {
    CHECK(dump_yaml("a\n---\nb\n---\n[") ==
          " a string 1:1-1:2 <a>\n"
          "2:1-2:4 [yaml/several-documents] found a second document, expected one in a file | help: keep each document in a file of its own\n");
  }
  SUBCASE("tags") {
    CHECK(dump_yaml("a: !foo 1\nb: !!int x\nc: !!float 1\nd: !!set {}\n") ==
          " a map 1:1-4:12\n"
          "a (1:1-1:2): a string 1:4-1:10 <1>\n"
          "b (2:1-2:2): a string 2:4-2:11 <x>\n"
          "c (3:1-3:2): a number 3:4-3:13 <1>\n"
          "d (4:1-4:2): a map 4:4-4:12\n"
          "1:4-1:10 [yaml/tag] found the tag `!foo`, expected none | help: remove the tag\n"
          "2:4-2:11 [yaml/tag] found `x` with the tag `!!int`, expected an integer | help: remove the tag, or correct the value\n"
          "4:4-4:11 [yaml/tag] found the tag `!!set`, expected none | help: remove the tag\n");
  }
}

TEST_CASE("aliases") {
  SUBCASE("are copies with a place of their own") {
    CHECK(dump_yaml("a: &x [1]\nb: *x\n") ==
          " a map 1:1-2:6\n"
          "a (1:1-1:2): a list 1:4-1:10\n"
          "  - an integer 1:8-1:9 <1>\n"
          "b (2:1-2:2): a list 2:4-2:6\n"
          "  - an integer 1:8-1:9 <1>\n");
  }
  SUBCASE("undefined, twice defined, and inside themselves") {
    CHECK(dump_yaml("a: &name 1\nb: *nam\nc: &name 2\nd: &d [*d]\n") ==
          " a map 1:1-4:11\n"
          "a (1:1-1:2): an integer 1:4-1:11 <1>\n"
          "b (2:1-2:2): null 2:4-2:8 <>\n"
          "c (3:1-3:2): an integer 3:4-3:11 <2>\n"
          "d (4:1-4:2): a list 4:4-4:11\n"
          "  - null 4:8-4:10 <>\n"
          "2:4-2:8 [yaml/anchor] found the alias `*nam` without an anchor `&nam` before it | help: did you mean `*name`?\n"
          "3:4-3:11 [yaml/anchor] the anchor `&name` appears twice | 1:4-1:11 first defined here | help: give the second one another name\n"
          "4:8-4:10 [yaml/anchor] the alias `*d` is inside the value that it names | help: write the value out\n");
  }
  SUBCASE("do not expand without end") {
    std::string text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
    for (int i = 1; i < 10; ++i) text += fmt::format("a{0}: &a{0} [*a{1}, *a{1}, *a{1}, *a{1}, *a{1}, *a{1}, *a{1}, *a{1}]\n", i, i - 1);
    CHECK(dump_yaml(text) == " nothing\n7:15-7:18 [yaml/anchor] aliases expand to more than 1000000 values | help: write the values out\n");
  }
  SUBCASE("do not nest without end") {
    std::string text = "- &a0 []\n";
    for (int i = 1; i <= 1000; ++i) text += fmt::format("- &a{} [*a{}]\n", i, i - 1);
    CHECK(dump_yaml(text) == " nothing\n1000:10-1000:15 [yaml/too-deep] values are nested deeper than 1000 levels\n");
  }
}

TEST_CASE("nesting is bounded") {
  const auto nested = [](size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  CHECK(parse_yaml({.path = "a", .text = nested(1000)}).is_sound());
  CHECK(dump_yaml(nested(1001)) == " nothing\n1:1001-1:1002 [yaml/too-deep] values are nested deeper than 1000 levels\n");
  std::string dashes;
  for (int i = 0; i < 100'000; ++i) dashes += "- ";
  CHECK(parse_yaml({.path = "a", .text = dashes}).root() == nullptr);
}

TEST_CASE("syntax errors stand where a person looks for them") {
  const auto finding = [](std::string text) { return dump_yaml(std::move(text)).substr(std::string_view(" nothing\n").size()); };
  CHECK(finding("a: \"x\n\nb: 1\n") == "1:4-1:5 [yaml/syntax] found a quoted text without an end | help: add the closing quote\n");
  CHECK(finding("a: b: c\n") == "1:5-1:6 [yaml/syntax] found `:` where no key can be | help: put the text in quotes if the colon belongs to it, or correct the indentation\n");
  CHECK(finding("license:mit\nname: x\n") == "1:1-1:2 [yaml/syntax] found a key without `:` | help: write `:` and a space after the key\n");
  CHECK(finding("a: 1\r\nlicense:mit\r\nname: x\r\n") == "2:1-2:2 [yaml/syntax] found a key without `:` | help: write `:` and a space after the key\n");
  CHECK(finding("license:mit\nname:: x\n") == "1:1-1:2 [yaml/syntax] found a key without `:` | help: write `:` and a space after the key\n");
  // The line above is as it should be: the colon is the second of its own line.
  CHECK(finding("- http://x:80\n- b: c: d\n") == "2:7-2:8 [yaml/syntax] found `:` where no key can be | help: put the text in quotes if the colon belongs to it, or correct the indentation\n");
  CHECK(finding("owner:\r\nname: a: b\r\n") == "2:8-2:9 [yaml/syntax] found `:` where no key can be | help: put the text in quotes if the colon belongs to it, or correct the indentation\n");
  CHECK(finding("owner:\t\nname:\ta: b\n") == "2:8-2:9 [yaml/syntax] found `:` where no key can be | help: put the text in quotes if the colon belongs to it, or correct the indentation\n");
  CHECK(finding("- a\nb: 1\n") == "2:1-2:2 [yaml/syntax] found `b`, expected `-` | 1:1-1:2 the list begins here | help: entries of one list begin in the same column\n");
  CHECK(finding("a:\n  b: 1\n c: 2\n") == "3:2-3:3 [yaml/syntax] found `c`, expected a key | 1:1-1:2 the map begins here | help: keys of one map begin in the same column\n");
  CHECK(finding("a: \"x\" y\n") == "1:8-1:9 [yaml/syntax] found `y` after a value, expected the end of the line | help: put the whole text in quotes\n");
  CHECK(finding("a: [1, 2") == "1:9-1:9 [yaml/syntax] found the end of the file, expected `,` or `]` | 1:4-1:5 the list begins here | help: close the list with `]`, or put the text in quotes\n");
  CHECK(finding("a: {x: ä") == "1:9-1:9 [yaml/syntax] found the end of the file, expected `,` or `}` | 1:4-1:5 the map begins here | help: close the map with `}`, or put the text in quotes\n");
  CHECK(finding("a:\n\t- b\n") == "2:1-2:2 [yaml/syntax] found a tab, which no plain text can begin with | help: indent with spaces\n");
  CHECK(finding("a: @x\n") == "1:4-1:5 [yaml/syntax] found `@`, which no plain text can begin with | help: put the text in quotes\n");
  CHECK(finding("a: \"\\q\"\n") == "1:5-1:6 [yaml/syntax] found the unknown escape `\\q` | help: write a backslash as `\\\\`, or put the text in single quotes\n");
  CHECK(finding("a: *\n") == "1:4-1:5 [yaml/syntax] found `*` without the name of an alias | help: put the text in quotes\n");
  CHECK(finding("{?a : b}\n") == "1:3-1:4 [yaml/syntax] found `?` without a space behind it | help: put the text in quotes if it begins with a question mark\n");
  CHECK(finding("a: !e!x 1\n") == "1:4-1:5 [yaml/syntax] found a tag without a definition | help: remove the tag, or put the text in quotes\n");
}

TEST_CASE("bytes that are no YAML") {
  CHECK(dump_yaml("a: \xC3") == " nothing\n1:4-1:4 [yaml/encoding] found the byte 0xC3, which is not UTF-8 | help: save the file as UTF-8\n");
  CHECK(dump_yaml("\xFF\xFE"
                  "a") == " nothing\n1:1-1:1 [yaml/encoding] found UTF-16, expected UTF-8 | help: save the file as UTF-8\n");
  CHECK(dump_yaml(std::string("a: \0", 4)) == " nothing\n1:4-1:4 [yaml/encoding] found a NUL character, which YAML does not allow here | help: remove it\n");
  CHECK(dump_yaml("ä\n: \xC2\x85") ==
        " nothing\n2:3-2:3 [yaml/encoding] found the line break U+0085, which YAML does not allow here | help: write it as an escape in double quotes: `\"\\u0085\"`\n");
  CHECK(parse_yaml({.path = "a", .text = "a: \xE2\x80\xA8"}).root() == nullptr);
  CHECK(parse_yaml({.path = "a", .text = "a: \xE2\x80\xA9"}).root() == nullptr);
  CHECK(parse_yaml({.path = "a", .text = "a: b\rc: d"}).root() == nullptr);
  CHECK(parse_yaml({.path = "a", .text = "a: \"\\u2028\\N\""}).root()->find("a")->text == "\xE2\x80\xA8\xC2\x85");
}

}  // namespace mops::document
