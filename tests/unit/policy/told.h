#pragma once

#include "policy/schema.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <string>
#include <vector>

namespace mops::policy {

inline std::string where(const Diagnostic& finding) {
  const Span span = finding.location.span.value();
  return fmt::format("{}:{}-{}:{}", span.begin.line, span.begin.column, span.end.line, span.end.column);
}

/// One line a finding: place, rule, message, help, fix.
inline std::string told(const std::vector<Diagnostic>& findings) {
  std::string out;
  for (const Diagnostic& finding : findings) {
    out += fmt::format("{} {}: {}", where(finding), finding.rule, finding.message);
    if (!finding.help.empty()) out += " | " + finding.help;
    if (finding.fix) out += fmt::format(" | fix {}", finding.fix->text);
    for (const Label& label : finding.labels) out += fmt::format(" | {} {}", label.location.span->begin.line, label.message);
    out += "\n";
  }
  return out;
}

inline std::string check_text(const std::string& schema_text, const std::string& instance_text) {
  const document::Document schema_document = document::parse_yaml({.path = "schema.yaml", .text = schema_text});
  const document::Document instance = document::parse_yaml({.path = "file.yaml", .text = instance_text});
  const SchemaLibrary library;
  const auto schema = Schema::compile(schema_document, library);
  if (!schema) return "broken\n" + told(schema.error());
  REQUIRE(instance.root() != nullptr);
  const auto findings = schema->check(*instance.root(), "file.yaml");
  CHECK(findings.empty() == schema->accepts(*instance.root()));
  return told(findings);
}

}  // namespace mops::policy
