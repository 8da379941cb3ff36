#include "policy/schema_files.h"

#include "base/real_file_system.h"
#include "fakes/temporary_folder.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

using namespace mops;
using namespace mops::policy;

namespace {

/// "fits", "does not fit", or what is broken and where.
std::string answer(const Path& folder, const std::string& schema_path, const std::string& instance_text) {
  RealFileSystem files;
  const auto schema_files = SchemaFiles::open(files, folder, schema_path);
  if (!schema_files) return schema_files.error().message;
  const SchemaLibrary library;
  const auto schema = Schema::compile(schema_files->root(), library, {.uri = schema_files->uri(), .find_more = schema_files->finder()});
  if (!schema) {
    std::string out;
    for (const Diagnostic& f : schema.error())
      out += fmt::format("{}:{}:{}: {} | {}\n", f.location.path, f.location.span->begin.line, f.location.span->begin.column, f.message, f.help);
    return out;
  }
  const document::Document instance = document::parse_yaml({.path = "instance.yaml", .text = instance_text});
  return schema->accepts(*instance.root()) ? "fits" : "does not fit";
}

void write(const Path& path, const std::string& text) {
  RealFileSystem files;
  std::filesystem::create_directories(path.parent_path());
  REQUIRE(files.write(path, text));
}

}  // namespace

TEST_CASE("schema files: references lead to files, relative to the one they stand in") {
  const fakes::TemporaryFolder scratch;
  const Path& folder = scratch.path();
  write(folder / "schemas/main.yaml", "properties: {a: {$ref: parts/a.json}, b: {$ref: 'parts/my%20b.yaml#/$defs/b'}}\n");
  write(folder / "schemas/parts/a.json", R"({"$ref": "../c#1.yaml", "type": ["string", "integer"]})");
  write(folder / "schemas/parts/my b.yaml", "$defs: {b: {$ref: '../c%231.yaml'}}\n");
  write(folder / "schemas/c#1.yaml", "not: {type: string}\n");
  SUBCASE("an unescaped mark ends the path") {
    CHECK(answer(folder, "schemas/main.yaml", "a: 1\n") ==
          "schemas/parts/a.json:1:10: there is no file `schemas/c` | a reference is meant relative to the file that it stands in\n");
  }
  write(folder / "schemas/parts/a.json", R"({"$ref": "../c%231.yaml", "type": ["string", "integer"]})");
  SUBCASE("through three files") {
    CHECK(answer(folder, "schemas/main.yaml", "a: 1\nb: 1\n") == "fits");
    CHECK(answer(folder, "schemas/main.yaml", "a: text\n") == "does not fit");
    CHECK(answer(folder, "schemas/main.yaml", "a: 1.5\n") == "does not fit");
    CHECK(answer(folder, "schemas/main.yaml", "b: text\n") == "does not fit");
  }
  SUBCASE("from another folder") {
    CHECK(answer(folder / "schemas/parts", "../main.yaml", "a: text\n") == "does not fit");
    write(folder / "schemas/c#1.yaml", "type: text\n");
    CHECK(answer(folder / "schemas/parts", "../main.yaml", "a: 1\n").starts_with("../c#1.yaml:1:7: found `text` in `type`"));
    CHECK(answer("/", (folder / "schemas/main.yaml").string(), "a: 1\n").starts_with((folder / "schemas/c#1.yaml:1:7: found").string()));
  }
  SUBCASE("what cannot be read is told at its place and at the reference") {
    write(folder / "schemas/c#1.yaml", "a: 1\na: 2\n");
    CHECK(answer(folder, "schemas/main.yaml", "a: 1\n") ==
          "schemas/c#1.yaml:2:1: the key `a` appears twice in one map | remove one of the two\n"
          "schemas/parts/a.json:1:10: the schema `schemas/c#1.yaml` cannot be read | \n"
          "schemas/parts/my b.yaml:1:19: the schema `schemas/c#1.yaml` cannot be read | \n");
  }
  SUBCASE("no schema") { CHECK(answer(folder, "schemas/none.yaml", "").ends_with("schemas/none.yaml`: no such file or directory")); }
}

TEST_CASE("schema files: nothing is fetched") {
  const fakes::TemporaryFolder scratch;
  const Path& folder = scratch.path();
  write(folder / "main.yaml", "properties:\n  a: {$ref: 'https://example.com/schemas/a.yaml#/x'}\n");
  write(folder / "a.yaml", "x: {type: string}\n");
  CHECK(answer(folder, "main.yaml", "a: 1\n") ==
        "main.yaml:2:13: `https://example.com/schemas/a.yaml` is on the network, and schemas are never fetched | save it beside this one, and "
        "refer to it by its file name\n");
  write(folder / "main.yaml", "$id: https://example.com/schemas/main.yaml\nproperties:\n  a: {$ref: 'a.yaml#/x'}\n  b: {$ref: b.yaml}\n");
  CHECK(answer(folder, "main.yaml", "a: 1\n") ==
        "main.yaml:4:13: `https://example.com/schemas/b.yaml` is on the network, and schemas are never fetched | save it beside this one, and "
        "refer to it by its file name\n");
  write(folder / "b.yaml", "true\n");
  CHECK(answer(folder, "main.yaml", "a: 1\n") == "does not fit");
  CHECK(answer(folder, "main.yaml", "a: text\n") == "fits");
  write(folder / "main.yaml", "$ref: urn:example:other\n");
  CHECK(answer(folder, "main.yaml", "a: 1\n") ==
        "main.yaml:1:7: there is no schema `urn:example:other` | schemas are never fetched: give it along with this one\n");
}
