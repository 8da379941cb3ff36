#include "document/document.h"
#include "fakes/source_folder.h"
#include "policy/schema.h"

#include <doctest/doctest.h>

using namespace mops;
using namespace mops::policy;

TEST_CASE("every template.yaml is as schemas/template-v1.yaml says, which refuses mistakes") {
  const fakes::SourceFolder schemas("schemas");
  const fakes::SourceFolder templates("templates");
  const auto file = std::find_if(schemas.files().begin(), schemas.files().end(), [](const EmbeddedFile& f) { return f.path == "template-v1.yaml"; });
  REQUIRE(file != schemas.files().end());
  const document::Document source = document::parse_yaml({.path = std::string(file->path), .text = std::string(file->content)});
  REQUIRE(source.is_sound());
  const SchemaLibrary library;
  const auto schema = Schema::compile(source, library);
  REQUIRE(schema);
  const auto first_message = [&](std::string_view path, std::string_view text) {
    const document::Document document = document::parse_yaml({.path = std::string(path), .text = std::string(text)});
    REQUIRE(document.is_sound());
    const auto findings = schema->check(*document.root(), std::string(path));
    return findings.empty() ? std::string() : findings.front().message;
  };
  size_t count = 0;
  for (const EmbeddedFile& each : templates.files()) {
    if (!each.path.ends_with("/template.yaml")) continue;
    ++count;
    INFO(each.path);
    CHECK(first_message(each.path, each.content) == "");
  }
  CHECK(count > 0);
  const auto managed = [&](const std::string& part) { return first_message("t", "format: template/v1\nmanaged: [" + part + "]\n"); };
  CHECK(managed("{path: a, kind: file, reason: x}") == "");
  CHECK(managed("{path: a, kind: block, reason: x}") == "item 1 of `managed` has no `block`");
  CHECK(managed("{path: a, kind: file, block: b, reason: x}") != "");
  CHECK(managed("{path: ../a, kind: file, reason: x}") != "");
  CHECK(managed("{path: a, kind: file, reason: x, former: [a]}") != "");
}
