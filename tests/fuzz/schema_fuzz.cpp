// Any bytes as a schema and, behind a line `===`, an instance: the quick answer is the one of the findings, and these have true
// places.
#include "fakes/schema_files.h"
#include "fuzz/tree_check.h"
#include "policy/schema.h"

#include <cstddef>
#include <cstdint>

using namespace mops;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const policy::SchemaLibrary library = fakes::metaschema_library();
  constexpr std::string_view k_line = "\n===\n";
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const size_t line = bytes.find(k_line);
  if (line == std::string_view::npos) return -1;
  const auto schema_source = document::parse_yaml({.path = "schema.yaml", .text = std::string(bytes.substr(0, line + 1))});
  const auto instance = document::parse_yaml({.path = "a.yaml", .text = std::string(bytes.substr(line + k_line.size()))});
  if (schema_source.root() == nullptr || instance.root() == nullptr) return 0;
  const auto schema = policy::Schema::compile(*schema_source.root(), "schema.yaml", library);
  if (!schema) {
    fuzz::expect(!schema.error().empty(), "a schema was refused without a reason");
    for (const Diagnostic& finding : schema.error())
      if (finding.location.path == "schema.yaml") fuzz::check_findings(schema_source.source().text, {finding});
    return 0;
  }
  const std::vector<Diagnostic> findings = schema->check(*instance.root(), "a.yaml");
  fuzz::expect(schema->accepts(*instance.root()) == findings.empty(), "the quick answer and the findings differ");
  fuzz::check_findings(instance.source().text, findings);
  return 0;
}
