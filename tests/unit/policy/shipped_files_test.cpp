#include "document/document.h"
#include "fakes/source_folder.h"
#include "policy/schema.h"

#include <doctest/doctest.h>

using namespace mops;
using namespace mops::policy;

namespace {

/// A schema of the program.
class Shipped {
 public:
  explicit Shipped(std::string_view name) {
    const fakes::SourceFolder schemas("schemas");
    const auto file = std::find_if(schemas.files().begin(), schemas.files().end(), [&](const EmbeddedFile& f) { return f.path == name; });
    REQUIRE(file != schemas.files().end());
    source_ = document::parse({.path = std::string(file->path), .text = std::string(file->content)});
    auto schema = Schema::compile(source_, library_);
    REQUIRE(schema);
    schema_ = std::move(*schema);
  }

  [[nodiscard]] std::string first_message(std::string_view path, std::string_view text) const {
    const document::Document document = document::parse_yaml({.path = std::string(path), .text = std::string(text)});
    REQUIRE(document.is_sound());
    const auto findings = schema_->check(*document.root(), std::string(path));
    return findings.empty() ? std::string() : findings.front().message;
  }

 private:
  document::Document source_;
  SchemaLibrary library_;
  std::optional<Schema> schema_;
};

}  // namespace

TEST_CASE("every schema of the program compiles") {
  const fakes::SourceFolder schemas("schemas");
  size_t count = 0;
  for (const EmbeddedFile& file : schemas.files()) {
    if (file.path.find('/') != std::string_view::npos) continue;
    INFO(file.path);
    ++count;
    const Shipped schema(file.path);
  }
  CHECK(count > 5);
}

TEST_CASE("every environment is as schemas/environment-v1.yaml says") {
  const Shipped schema("environment-v1.yaml");
  const fakes::SourceFolder templates("templates");
  size_t count = 0;
  for (const EmbeddedFile& each : templates.files()) {
    if (!each.path.starts_with("environments/")) continue;
    ++count;
    INFO(each.path);
    CHECK(schema.first_message(each.path, each.content) == "");
  }
  CHECK(count > 1);
}

TEST_CASE("every template.yaml is as schemas/template-v1.yaml says, which refuses mistakes") {
  const Shipped schema("template-v1.yaml");
  const fakes::SourceFolder templates("templates");
  size_t count = 0;
  for (const EmbeddedFile& each : templates.files()) {
    if (!each.path.ends_with("/template.yaml")) continue;
    ++count;
    INFO(each.path);
    CHECK(schema.first_message(each.path, each.content) == "");
  }
  CHECK(count > 0);
  const auto managed = [&](const std::string& part) { return schema.first_message("t", "format: template/v1\nmanaged: [" + part + "]\n"); };
  CHECK(managed("{path: a, kind: file, reason: x}") == "");
  CHECK(managed("{path: a, kind: block, reason: x}") == "item 1 of `managed` has no `block`");
  CHECK(managed("{path: a, kind: file, block: b, reason: x}") != "");
  CHECK(managed("{path: ../a, kind: file, reason: x}") != "");
  CHECK(managed("{path: a, kind: file, reason: x, former: [a]}") != "");
}
