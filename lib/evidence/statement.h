#pragma once

#include "base/digest.h"
#include "base/result.h"
#include "document/value.h"

#include <string>
#include <string_view>
#include <vector>

namespace mops::evidence {

/// What a statement is about. Bytes by their sha256; a git commit only by its hash, where a format says so.
struct Subject {
  std::string name;
  Digest sha256;

  friend bool operator==(const Subject&, const Subject&) = default;
};

/// in-toto Statement v1 (github.com/in-toto/attestation, spec/v1/statement.md). The predicate is a map whose form is that of
/// `predicate_type`; certificate.h and release.h read and write it.
struct Statement {
  std::vector<Subject> subjects;
  std::string predicate_type;
  document::Value predicate = document::Value::map();

  /// The subject of that name, or nullptr.
  [[nodiscard]] const Subject* find_subject(std::string_view name) const;
};

/// Compact JSON: the bytes that are signed.
std::string to_json(const Statement& statement);

/// `source_name` stands in front of messages. Subjects without a sha256 are refused; unknown keys are ignored, as the
/// specification wants. Error: invalid.
Result<Statement> parse_statement(std::string_view json, std::string_view source_name = "statement");

}  // namespace mops::evidence
