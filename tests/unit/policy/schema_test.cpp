#include "told.h"

#include "base/text.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

using namespace mops;
using namespace mops::policy;

namespace {

const std::string k_person = R"(type: object
required: [name, age]
additionalProperties: false
properties:
  name: {type: string, description: what people call them}
  age: {type: integer, minimum: 0, maximum: 150}
  email: {type: string, format: email}
  role: {enum: [admin, reader, read-only]}
  born: {type: string, format: date}
)";

}  // namespace

TEST_CASE("schema: keys point at keys, and slips are named once") {
  CHECK(check_text(k_person, "name: Ada\nage: 36\n") == "");
  CHECK(check_text(k_person, "nme: Ada\nage: 36\n") == "1:1-1:4 schema/unknown-key: unknown key `nme` | did you mean `name`?\n");
  CHECK(check_text(k_person, "age: 36\n") == "1:1-1:1 schema/missing-key: `name` is missing | `name`: what people call them\n");
  CHECK(check_text(k_person, "name: Ada\nage: 36\nshoe: 38\n") ==
        "3:1-3:5 schema/unknown-key: unknown key `shoe` | known keys: `age`, `born`, `email`, `name` and `role`\n");
  CHECK(
      check_text("properties: {owner: {required: [team]}, list: {items: {required: [x]}}}", "owner: {}\nlist:\n  - {x: 1}\n  - {y: 2}\n") ==
      "1:1-1:6 schema/missing-key: `owner` has no `team`\n"
      "4:6-4:7 schema/missing-key: item 2 of `list` has no `x`\n");
}

TEST_CASE("schema: a string where YAML reads something else is quoted by the fix") {
  const std::string schema =
      "properties: {version: {type: string}, sha: {type: string}, name: {const: \"1.0\"}, port: {type: integer}, on: {type: boolean}}";
  CHECK(check_text(schema, "version: 1.10\n") ==
        "1:10-1:14 schema/wrong-type: found a number `1.10` in `version`, expected a string | without quotes `1.10` is read as the number 1.1; "
        "write `\"1.10\"` | fix \"1.10\"\n");
  CHECK(check_text(schema, "sha: 1234567\n") ==
        "1:6-1:13 schema/wrong-type: found an integer `1234567` in `sha`, expected a string | without quotes `1234567` is read as an "
        "integer; write `\"1234567\"` | fix \"1234567\"\n");
  CHECK(check_text(schema, "name: 1.0\n") ==
        "1:7-1:10 schema/wrong-type: found a number `1.0` in `name`, expected a string | without quotes `1.0` is read as the number 1; write "
        "`\"1.0\"` | fix \"1.0\"\n");
  CHECK(check_text(schema, "version: true\n") ==
        "1:10-1:14 schema/wrong-type: found a boolean `true` in `version`, expected a string | without quotes `true` is read as a boolean; "
        "write `\"true\"` | fix \"true\"\n");
  CHECK(check_text(schema, "version:\n") == "1:9-1:9 schema/wrong-type: found nothing in `version`, expected a string\n");
  CHECK(check_text(schema, "port: \"8080\"\n") ==
        "1:7-1:13 schema/wrong-type: found a string `8080` in `port`, expected an integer | write it without quotes: `8080` | fix 8080\n");
  CHECK(check_text(schema, "on: yes\n") ==
        "1:5-1:8 schema/wrong-type: found a string `yes` in `on`, expected `true` or `false` | write `true`; `yes` is a text\n");
}

TEST_CASE("schema: values") {
  CHECK(check_text(k_person, "name: Ada\nage: -1\n") == "2:6-2:8 schema/bad-value: found `-1` in `age`, expected at least 0\n");
  CHECK(check_text(k_person, "name: Ada\nage: 36\nrole: Admin\n") ==
        "3:7-3:12 schema/bad-value: found `Admin` in `role`, expected `admin`, `reader` or `read-only` | did you mean `admin`?\n");
  CHECK(check_text(k_person, "name: Ada\nage: 36\nrole: readonly\n") ==
        "3:7-3:15 schema/bad-value: found `readonly` in `role`, expected `admin`, `reader` or `read-only` | did you mean `read-only`?\n");
  CHECK(check_text(k_person, "name: Ada\nage: 36\nborn: 1815-13-10\nemail: ada\n") ==
        "3:7-3:17 schema/bad-value: found `1815-13-10` in `born`, expected a date such as `2026-11-23`\n"
        "4:8-4:11 schema/bad-value: found `ada` in `email`, expected an e-mail address such as `team@example.com`\n");
  CHECK(check_text("{pattern: '^[a-z]+$', x-expected: lower-case letters, x-help: rename it}", "Ab") ==
        "1:1-1:3 schema/bad-value: found `Ab`, expected lower-case letters | rename it\n");
  CHECK(check_text("{uniqueItems: true}", "- a\n- b\n- a\n") == "3:3-3:4 schema/bad-value: `a` is listed twice | remove one of the two | 1 first listed here\n");
  CHECK(check_text("{minItems: 2}", "[1]") == "1:1-1:4 schema/bad-value: found 1 item, expected at least 2\n");
  CHECK(check_text("{maxLength: 3}", "äöüß") == "1:1-1:5 schema/bad-value: found 4 characters, expected at most 3\n");
  CHECK(check_text("{multipleOf: 0.01}", "[]") == "");
  CHECK(check_text("{multipleOf: 0.01}", "4.35") == "");
  CHECK(check_text("{multipleOf: 0.01}", "4.355") == "1:1-1:6 schema/bad-value: found `4.355`, expected a multiple of 0.01\n");
  CHECK(check_text("{maximum: 10}", ".nan") == "1:1-1:5 schema/bad-value: found `.nan`, expected at most 10\n");
  CHECK(check_text("{propertyNames: {enum: [min, max]}}", "{mn: 1}") ==
        "1:2-1:4 schema/bad-value: found key `mn`, expected `min` or `max` | did you mean `min`?\n");
  CHECK(check_text("{properties: {a: {const: {b: [1]}}}}", "a: {b: [2]}") ==
        "1:4-1:12 schema/bad-value: found a map in `a`, expected `{\"b\":[1]}`\n");
}

TEST_CASE("schema: of alternatives the one that was meant") {
  const std::string shapes = R"(oneOf:
  - {properties: {kind: {const: circle}, radius: {type: number}}, required: [kind, radius]}
  - {properties: {kind: {const: square}, side: {type: number}}, required: [kind, side]}
)";
  CHECK(check_text(shapes, "{kind: square, side: big}") ==
        "1:22-1:25 schema/wrong-type: found a string `big` in `side`, expected a number\n");
  CHECK(check_text(shapes, "{kind: square}") == "1:1-1:1 schema/missing-key: `side` is missing\n");
  CHECK(check_text("{anyOf: [{type: string}, {type: array, items: {type: string}}]}", "[a, 1]") ==
        "1:5-1:6 schema/wrong-type: found an integer `1`, expected a string | without quotes `1` is read as an integer; write `\"1\"` | "
        "fix \"1\"\n");
  CHECK(check_text("{anyOf: [{type: string}, {type: array}]}", "{}") ==
        "1:1-1:3 schema/wrong-type: found an empty map, expected a string or a list\n");
  CHECK(check_text("{anyOf: [{const: auto}, {type: integer}]}", "atuo") ==
        "1:1-1:5 schema/bad-value: found `atuo`, expected `auto` or an integer\n");
  const std::string place = "{properties: {set: {oneOf: [{required: [path]}, {required: [uri]}]}}}";
  CHECK(check_text(place, "set: {name: x}") == "1:1-1:4 schema/missing-key: `set` has no `path` or `uri` | one of them is needed\n");
  CHECK(check_text(place, "set: {path: x, uri: y}") == "1:1-1:4 schema/bad-value: found `path` and `uri` in `set`, expected one of them\n");
}

TEST_CASE("schema: unevaluatedProperties, conditions, dependencies") {
  CHECK(check_text("{allOf: [{properties: {alpha: true}}], properties: {beta: true}, unevaluatedProperties: false}",
                   "{alpha: 1, betta: 2}") == "1:12-1:17 schema/unknown-key: unknown key `betta` | did you mean `beta`?\n");
  CHECK(check_text("{if: {properties: {a: {const: 1}}, required: [a]}, then: {required: [b]}, else: {required: [c]}}", "{a: 1}") ==
        "1:1-1:1 schema/missing-key: `b` is missing | because `a` is `1`\n");
  CHECK(check_text("{dependentRequired: {a: [b, c]}}", "{a: 1, b: 1}") == "1:1-1:1 schema/missing-key: `c` is missing, which `a` needs\n");
  CHECK(check_text("{not: {const: 0}, x-expected: anything but 0}", "0") ==
        "1:1-1:2 schema/bad-value: found `0`, expected anything but 0\n");
  CHECK(check_text("{contains: {const: 1}, minContains: 2}", "[1, 2]") ==
        "1:1-1:7 schema/bad-value: found 1 item `1`, expected at least 2\n");
  CHECK(check_text("false", "1") == "1:1-1:2 schema/bad-value: found `1`, expected nothing here\n");
}

TEST_CASE("schema: what is broken in a schema is found in its own file") {
  CHECK(check_text("{type: strng}", "1") ==
        "broken\n1:8-1:13 schema/broken: found `strng` in `type`, expected `array`, `boolean`, `integer`, `null`, `number`, `object` or "
        "`string` | did you mean `string`?\n");
  CHECK(check_text("{$ref: '#/$defs/x'}", "1") == "broken\n1:8-1:19 schema/broken: `#/$defs/x` leads nowhere\n");
  CHECK(check_text("{$ref: other.json}", "1") ==
        "broken\n1:8-1:18 schema/broken: there is no schema `other.json` | schemas are never fetched: give it along with this one\n");
  CHECK(check_text("{$defs: {a: {$anchor: person}}, $ref: '#persn'}", "1") ==
        "broken\n1:39-1:47 schema/broken: no schema has the name `persn` | did you mean `#person`?\n");
  CHECK(check_text("{$ref: '#'}", "1") ==
        "broken\n1:1-1:12 schema/broken: this schema leads back to itself without going into the instance\n");
  CHECK(check_text("{$schema: 'http://json-schema.org/draft-07/schema#'}", "1") ==
        "broken\n1:11-1:52 schema/broken: found dialect `http://json-schema.org/draft-07/schema#`, expected "
        "`https://json-schema.org/draft/2020-12/schema`\n");
  CHECK(check_text("{minLength: -1, properties: [], pattern: '(', multipleOf: 0}", "1") ==
        "broken\n"
        "1:13-1:15 schema/broken: found `-1` in `minLength`, expected an integer of at least 0\n"
        "1:29-1:31 schema/broken: found a list in `properties`, expected a map\n"
        "1:42-1:45 schema/broken: `(` is not a regular expression: missing closing parenthesis\n"
        "1:59-1:60 schema/broken: found `0` in `multipleOf`, expected a number above 0 of at most 18 digits\n");
  CHECK(check_text("[]", "1") == "broken\n1:1-1:3 schema/broken: found a list, expected a schema: a map, `true` or `false`\n");
}

TEST_CASE("schema: nasty instances come to an end") {
  const std::string recursive = "{type: array, items: {$ref: '#'}}";
  CHECK(check_text(recursive, std::string(900, '[') + "1" + std::string(900, ']')).find("found an integer `1`, expected a list") !=
        std::string::npos);
  // Each level doubles the work of the one above it.
  CHECK(check_text("{anyOf: [{items: {$ref: '#'}, minItems: 2}, {items: {$ref: '#'}, minItems: 3}], type: array}",
                   std::string(200, '[') + std::string(200, ']')) != "");
  CHECK(check_text("{pattern: '^(a+)+$'}", std::string(5000, 'a') + "!") ==
        "1:1-1:5002 schema/bad-value: matching the text with `^(a+)+$` takes too long\n");
  std::string keys;
  for (int i = 0; i < 20'000; ++i) keys += fmt::format("k{}: 1\n", i);
  CHECK(split(check_text(k_person, keys), '\n').size() == 1001);
}
