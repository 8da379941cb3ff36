#pragma once

#include "base/file_system.h"
#include "base/result.h"
#include "policy/schema.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mops::policy {

/// One test whose answer is not the suite's.
struct SuiteFailure {
  Location test;
  std::string group;  ///< the description of the schema that it belongs to
  std::string name;   ///< its own description
  std::string reason;
};

struct SuiteCounts {
  size_t passed = 0;
  std::vector<SuiteFailure> failed;
};

/// The official JSON Schema Test Suite (github.com/json-schema-org/JSON-Schema-Test-Suite), its draft 2020-12.
class SchemaSuite {
 public:
  /// `folder` holds `tests/draft2020-12` and `remotes`; the latter are known as http://localhost:1234/..., without any network.
  /// Errors: not_found when this is no such folder, invalid when a file cannot be read. Borrows `files`.
  static Result<SchemaSuite> open(FileSystem& files, Path folder, SchemaLibrary metaschemas);

  /// Every required test.
  Result<SuiteCounts> run_required();
  /// The tests of the formats that this engine asserts.
  Result<SuiteCounts> run_formats();
  /// The optional tests in these files, named without `.json`.
  Result<SuiteCounts> run_optional(std::span<const std::string_view> names);

 private:
  SchemaSuite(FileSystem& files, Path folder, SchemaLibrary library) : files_(&files), folder_(std::move(folder)), library_(std::move(library)) {}

  Result<void> run_file(const std::string& path, FormatMeans formats, SuiteCounts& counts) const;

  FileSystem* files_;
  Path folder_;
  SchemaLibrary library_;
};

}  // namespace mops::policy
