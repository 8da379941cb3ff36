#include "document/document.h"

#include <doctest/doctest.h>

#include <cmath>

namespace mops::document {
namespace {

/// What a plain scalar is: its kind, and its value where that is a number.
std::string meaning(const std::string& text) {
  const Document document = parse_yaml({.path = "a", .text = "- " + text + "\n"});
  const Node& node = document.root()->items[0];
  std::string kind(kind_name(node.kind));
  if (node.kind == NodeKind::boolean) return node.boolean ? "true" : "false";
  if (node.kind == NodeKind::integer) return node.integer_fits ? std::to_string(node.integer) : fmt::format("about {}", node.number);
  if (node.kind == NodeKind::number) return fmt::format("number {}", node.number);
  return kind;
}

}  // namespace

TEST_CASE("plain scalars have the types of the core schema of YAML 1.2") {
  for (const char* text : {"", "~", "null", "Null", "NULL"}) CHECK_MESSAGE(meaning(text) == "null", text);
  for (const char* text : {"true", "True", "TRUE"}) CHECK_MESSAGE(meaning(text) == "true", text);
  for (const char* text : {"false", "False", "FALSE"}) CHECK_MESSAGE(meaning(text) == "false", text);
  for (const char* text : {"yes", "no", "on", "off", "y", "tRUE", "nULL", "1_000", "0b11", "12:30:45", "2026-01-01", "1.2.3", "0x", "0o8", "0xg", "+0x1", ".", "+", "-x",
                           "e3", "1e", "1e+", ".e3", "inf", "nan", "-.nan", ".iNF", "0o", "1 2", "'1'", "\"\"", "\"true\"", "1.1.", "--1"})
    CHECK_MESSAGE(meaning(text) == "a string", text);
  CHECK(meaning("0") == "0");
  CHECK(meaning("-0") == "0");
  CHECK(meaning("+12") == "12");
  CHECK(meaning("007") == "7");
  CHECK(meaning("0o17") == "15");
  CHECK(meaning("0x1F") == "31");
  CHECK(meaning("9223372036854775807") == "9223372036854775807");
  CHECK(meaning("-9223372036854775808") == "-9223372036854775808");
  CHECK(meaning("9223372036854775808") == "about 9.223372036854776e+18");
  CHECK(meaning("0xFFFFFFFFFFFFFFFF") == "about 1.8446744073709552e+19");
  CHECK(meaning("1.10") == "number 1.1");
  CHECK(meaning("1.") == "number 1");
  CHECK(meaning(".5") == "number 0.5");
  CHECK(meaning("+.5e-1") == "number 0.05");
  CHECK(meaning("1e3") == "number 1000");
  CHECK(meaning("1e999") == "number inf");
  CHECK(meaning("-1e999") == "number -inf");
  CHECK(meaning("1e-999") == "number 0");
  CHECK(meaning(".inf") == "number inf");
  CHECK(meaning("+.Inf") == "number inf");
  CHECK(meaning("-.INF") == "number -inf");
  CHECK(meaning(".nan") == "number nan");
}

}  // namespace mops::document
