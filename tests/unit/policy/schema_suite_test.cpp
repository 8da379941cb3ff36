#include "policy/schema.h"

#include "base/real_file_system.h"
#include "fakes/schema_files.h"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <algorithm>
#include <cstdlib>

using namespace mops;
using namespace mops::policy;

namespace {

namespace fs = std::filesystem;

/// The official suite: MOPS_SCHEMA_SUITE, or beside the source.
fs::path suite_folder() {
  if (const char* folder = std::getenv("MOPS_SCHEMA_SUITE")) return folder;
  return fs::path(MOPS_SOURCE_DIR) / ".." / "shared" / "data" / "json-schema-test-suite";
}

document::Document parse_file(const fs::path& path) {
  RealFileSystem files;
  auto text = files.read(path);
  REQUIRE_MESSAGE(text, path.string());
  return document::parse_json({.path = path.string(), .text = std::move(*text)});
}

SchemaLibrary suite_library() {
  SchemaLibrary library = fakes::metaschema_library();
  const fs::path remotes = suite_folder() / "remotes";
  for (const auto& entry : fs::recursive_directory_iterator(remotes)) {
    if (!entry.is_regular_file()) continue;
    library.add("http://localhost:1234/" + fs::relative(entry.path(), remotes).generic_string(), parse_file(entry.path()));
  }
  return library;
}

struct Counts {
  size_t passed = 0;
  std::vector<std::string> failed;
};

void run_group(const document::Node& group, std::string_view file, const SchemaLibrary& library, FormatMeans formats, Counts& counts) {
  const auto schema = Schema::compile(*group.find("schema"), file, library, {.formats = formats});
  for (const document::Node& test : group.find("tests")->items) {
    const std::string name = fmt::format("{}: {}: {}", file, group.find("description")->text, test.find("description")->text);
    const document::Node& data = *test.find("data");
    const bool expected = test.find("valid")->boolean;
    const bool fits = schema && schema->accepts(data);
    const bool told = schema && schema->check(data, "data.json").empty() == fits;
    if (fits == expected && told) ++counts.passed;
    else counts.failed.push_back(schema ? name : name + " (" + schema.error().front().message + ")");
  }
}

Counts run_folder(const fs::path& folder, FormatMeans formats, const std::vector<std::string>& only = {}) {
  const SchemaLibrary library = suite_library();
  Counts counts;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() != ".json") continue;
    if (!only.empty() && std::find(only.begin(), only.end(), entry.path().stem().string()) == only.end()) continue;
    const document::Document suite = parse_file(entry.path());
    REQUIRE_MESSAGE(suite.root() != nullptr, entry.path().string());
    for (const document::Node& group : suite.root()->items) run_group(group, entry.path().filename().string(), library, formats, counts);
  }
  return counts;
}

std::string lines(const std::vector<std::string>& failed) { return fmt::format("{}", fmt::join(failed, "\n")); }

bool suite_is_here() {
  if (fs::exists(suite_folder())) return true;
  MESSAGE("skipped: no JSON Schema test suite; set MOPS_SCHEMA_SUITE to its folder");
  return false;
}

}  // namespace

TEST_CASE("JSON Schema test suite: every required test of draft 2020-12") {
  if (!suite_is_here()) return;
  const Counts counts = run_folder(suite_folder() / "tests" / "draft2020-12", FormatMeans::comment);
  fmt::print("draft2020-12: {} passed, {} failed\n", counts.passed, counts.failed.size());
  CHECK(lines(counts.failed) == "");
  CHECK(counts.passed > 1200);
}

TEST_CASE("JSON Schema test suite: the formats that our schemas use") {
  if (!suite_is_here()) return;
  const Counts counts =
      run_folder(suite_folder() / "tests" / "draft2020-12" / "optional" / "format", FormatMeans::assertion,
                 {"date", "time", "date-time", "email", "uri", "uri-reference", "ipv4", "ipv6", "uuid", "json-pointer", "regex"});
  fmt::print("draft2020-12 formats: {} passed, {} failed\n", counts.passed, counts.failed.size());
  CHECK(lines(counts.failed) == "");
}

TEST_CASE("JSON Schema test suite: optional tests") {
  if (!suite_is_here()) return;
  const Counts counts = run_folder(suite_folder() / "tests" / "draft2020-12" / "optional", FormatMeans::comment,
                                   {"anchor", "bignum", "dynamicRef", "ecmascript-regex", "float-overflow", "format-assertion", "id",
                                    "no-schema", "non-bmp-regex", "refOfUnknownKeyword", "unknownKeyword"});
  CHECK(lines(counts.failed) == "");
}
