#include "document/reader.h"

#include <doctest/doctest.h>

using namespace mops;
using namespace mops::document;

namespace {

/// What `read` makes of a YAML text, or the problem and its help.
template <typename Read>
std::string outcome(std::string yaml, Read read) {
  const Document document = parse_yaml({.path = "x.yaml", .text = std::move(yaml)});
  Reader reader(document);
  const Result<std::string> value = reader.finish(std::string(read(reader.root())));
  if (value) return *value;
  CHECK(value.error().code == ErrorCode::invalid);
  return value.error().message + (value.error().help.empty() ? "" : " | " + value.error().help);
}

std::string path(std::string yaml) {
  return outcome(std::move(yaml), [](const Field& root) { return root.at("p").path(); });
}

}  // namespace

TEST_CASE("reader: only the first problem is told, and what is below an absent field is absent") {
  const auto read = [](const Field& root) {
    const Field below = root.maybe("none").at("deep").at("deeper");
    CHECK_FALSE(below.present());
    CHECK(below.items().empty());
    CHECK(below.text("default") == "default");
    below.refuse("never told");
    (void)root.at("a").at("b").integer();
    (void)root.at("c").text();
    return std::string("read");
  };
  CHECK(outcome("a: {b: 1}\nc: d\n", read) == "read");
  CHECK(outcome("a: {b: x}\nc: 1\n", read) == "x.yaml:1:8: found a string in `b`, expected an integer");
  CHECK(outcome("a: {}\nc: 1\n", read) == "x.yaml:1:4: `a` has no `b`");
  CHECK(outcome("a: {b: 1}\nc: 1\n", read) == "x.yaml:2:4: found an integer in `c`, expected a string | put it in quotes: `\"1\"`");
  CHECK(outcome("c: d\n", read) == "x.yaml:1:1: `a` is missing");
  CHECK(outcome("a: [\n", read).starts_with("x.yaml:"));
  CHECK(outcome("", read) == "x.yaml:1:1: found null, expected a map");
}

TEST_CASE("reader: an item is named by its number") {
  const auto read = [](const Field& root) {
    std::string names;
    for (const Field& item : root.at("list").items()) names += item.at("name").text();
    return names;
  };
  CHECK(outcome("list: [{name: a}, {name: b}]", read) == "ab");
  CHECK(outcome("list: [{name: a}, {nam: b}]", read) == "x.yaml:1:19: item 2 of `list` has no `name`");
  CHECK(outcome("list: [{name: a}, {name: [b]}]", read) == "x.yaml:1:26: found a list in `name`, expected a string");
}

TEST_CASE("reader: null is absent only where it may be") {
  CHECK(outcome("a: null", [](const Field& root) { return root.nullable("a").text("absent"); }) == "absent");
  CHECK(outcome("a: x", [](const Field& root) { return root.nullable("a").text("absent"); }) == "x");
  CHECK(outcome("a: null", [](const Field& root) { return root.maybe("a").text("absent"); }) == "x.yaml:1:4: found null in `a`, expected a string");
}

TEST_CASE("reader: scalars keep their text") {
  const auto scalar = [](std::string text) {
    return outcome("a: " + std::move(text), [](const Field& root) { return root.at("a").scalar(); });
  };
  CHECK(scalar("0.50") == "0.50");
  CHECK(scalar("true") == "true");
  CHECK(scalar("\"null\"") == "null");
  CHECK(scalar("~") == "x.yaml:1:4: found null in `a`, expected a single value");
  CHECK(scalar("{}") == "x.yaml:1:4: found a map in `a`, expected a single value");
}

TEST_CASE("reader: texts that another parser takes") {
  const auto time = [](std::string text) {
    return outcome("a: " + std::move(text), [](const Field& root) { return to_rfc3339(root.at("a").time()); });
  };
  CHECK(time("2026-11-23T22:20:05+01:00") == "2026-11-23T21:20:05.000Z");
  CHECK(time("noon") == "x.yaml:1:4: `noon` is not a date or time | write 2026-11-23 or 2026-11-23T14:30:00Z");
  CHECK(time("2026") == "x.yaml:1:4: found an integer in `a`, expected a string | put it in quotes: `\"2026\"`");
}

TEST_CASE("reader: paths stay inside their folder") {
  CHECK(path("p: a/b-c/..d") == "a/b-c/..d");
  for (const char* bad : {"/a", "a//b", "../a", "a/..", "./a", "a/", "\"\"", "\"a\\nb\"", "\"a\\x7fb\""})
    CHECK_MESSAGE(path(std::string("p: ") + bad).find("expected a path inside the folder") != std::string::npos, bad);
}

TEST_CASE("reader: formats and keys") {
  const auto read = [](const Field& root) {
    root.expect_format("thing", 2);
    root.expect_keys({"format", "size"});
    return std::string("read");
  };
  CHECK(outcome("format: thing/v2\nsize: 1\nx-ours: []\n", read) == "read");
  CHECK(outcome("size: 1\n", read) == "x.yaml:1:1: `format` is missing | write `format: thing/v2`");
  CHECK(outcome("format: thing/v10\n", read) == "x.yaml:1:9: found format `thing/v10`, newer than `thing/v2`, the newest that this mops reads | install a newer mops");
  CHECK(outcome("format: thing/v1\n", read) == "x.yaml:1:9: found format `thing/v1`, expected `thing/v2`");
  CHECK(outcome("format: thing/v99999999999\n", read) == "x.yaml:1:9: found format `thing/v99999999999`, expected `thing/v2`");
  CHECK(outcome("format: thing/v2\nsise: 1\n", read) == "x.yaml:2:1: unknown key `sise` | did you mean `size`?");
  CHECK(outcome("format: thing/v2\ncolour: 1\n", read) == "x.yaml:2:1: unknown key `colour` | known are `format` and `size`");
}
