#include "policy/schema_suite.h"

#include "base/real_file_system.h"
#include "fakes/schema_files.h"
#include "fakes/skipped.h"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <array>
#include <cstdlib>

using namespace mops;
using namespace mops::policy;

namespace {

/// The official suite: MOPS_SCHEMA_SUITE, or beside the source.
Path suite_folder() {
  if (const char* folder = std::getenv("MOPS_SCHEMA_SUITE")) return folder;
  return Path(MOPS_SOURCE_DIR) / ".." / "shared" / "data" / "json-schema-test-suite";
}

std::string lines(const SuiteCounts& counts) {
  std::string out;
  for (const SuiteFailure& failure : counts.failed)
    out += fmt::format("{}:{}: {}: {}: {}\n", failure.test.path, failure.test.span->begin.line, failure.group, failure.name, failure.reason);
  return out;
}

const bool k_is_absent =
    fakes::skipped_if(!std::filesystem::exists(suite_folder()),
                      fmt::format("no JSON Schema Test Suite in `{}`; set MOPS_SCHEMA_SUITE to its folder", suite_folder().lexically_normal().string()));

SchemaSuite open_suite() {
  static RealFileSystem files;
  return SchemaSuite::open(files, suite_folder(), fakes::metaschema_library()).value();
}

}  // namespace

TEST_SUITE_BEGIN("JSON Schema Test Suite");

TEST_CASE("every required test of draft 2020-12" * doctest::skip(k_is_absent)) {
  const SuiteCounts counts = open_suite().run_required().value();
  fmt::print("draft2020-12: {} passed, {} failed\n", counts.passed, counts.failed.size());
  CHECK(lines(counts) == "");
  CHECK(counts.passed > 1200);
}

TEST_CASE("the formats that are asserted" * doctest::skip(k_is_absent)) {
  const SuiteCounts counts = open_suite().run_formats().value();
  fmt::print("draft2020-12 formats: {} passed, {} failed\n", counts.passed, counts.failed.size());
  CHECK(lines(counts) == "");
  CHECK(counts.passed > 300);
}

TEST_CASE("optional tests" * doctest::skip(k_is_absent)) {
  constexpr std::array<std::string_view, 11> k_names = {"anchor", "bignum", "dynamicRef", "ecmascript-regex", "float-overflow", "format-assertion",
                                                        "id", "no-schema", "non-bmp-regex", "refOfUnknownKeyword", "unknownKeyword"};
  const SuiteCounts counts = open_suite().run_optional(k_names).value();
  CHECK(lines(counts) == "");
  CHECK(counts.passed > 100);
}

TEST_SUITE_END();
