#include "evidence/statement.h"

#include <doctest/doctest.h>

using namespace mops;
using namespace mops::evidence;

namespace {

const std::string k_hex(64, 'a');

std::string statement_text(std::string_view type, std::string_view subjects, std::string_view predicate) {
  return fmt::format(R"({{"_type":"{}","subject":{},"predicateType":"https://example.com/t/v1","predicate":{}}})", type, subjects, predicate);
}

std::string refusal(std::string_view json) {
  const auto statement = parse_statement(json);
  REQUIRE_FALSE(statement);
  CHECK(statement.error().code == ErrorCode::invalid);
  return statement.error().message;
}

constexpr std::string_view k_type = "https://in-toto.io/Statement/v1";

}  // namespace

TEST_CASE("to_json and parse_statement: the form of in-toto Statement v1") {
  const std::string json = to_json({.subjects = {{.name = "payload", .sha256 = *Digest::parse(k_hex)}}, .predicate_type = "https://example.com/t/v1", .predicate = document::Value::map().set("b", 1.5).set("a", "x")});
  CHECK(json == statement_text(k_type, R"([{"name":"payload","digest":{"sha256":")" + k_hex + R"("}}])", R"({"b":1.5,"a":"x"})"));
  const auto parsed = parse_statement(json);
  REQUIRE_MESSAGE(parsed, parsed.error().message);
  CHECK(to_json(*parsed) == json);
}

TEST_CASE("parse_statement: unknown keys are ignored, what is needed is wanted") {
  const std::string subjects = R"([{"name":"a","digest":{"sha256":")" + k_hex + R"(","sha512":"b"},"uri":"u"}])";
  std::string extended = statement_text(k_type, subjects, "{}");
  extended.insert(1, R"("extra":[1],)");
  CHECK(parse_statement(extended));
  CHECK(refusal(statement_text("https://in-toto.io/Statement/v0.1", subjects, "{}")) ==
        "statement:1:10: found `https://in-toto.io/Statement/v0.1` in `_type`, expected `https://in-toto.io/Statement/v1`");
  CHECK(refusal(statement_text(k_type, R"([{"name":"a","digest":{"gitCommit":"b"}}])", "{}")) == "statement:1:76: `digest` has no `sha256`");
  CHECK(refusal(statement_text(k_type, "[]", "[]")) == "statement:1:112: found a list in `predicate`, expected a map");
  CHECK(refusal("{}") == "statement:1:1: `_type` is missing");
  CHECK(refusal(R"({"_type":1})") == "statement:1:10: found an integer in `_type`, expected a string");
}
