#pragma once

#include "document/reader.h"
#include "evidence/statement.h"

namespace mops::evidence {

/// The predicate as a document, so that it is read like any other. Its path stands for a file: "predicate".
document::Document predicate_document(const Statement& statement);

/// Error: invalid, naming both types.
Result<void> expect_predicate(const Statement& statement, std::string_view type);

/// 40 or 64 lower-case hex digits.
std::string read_commit(const document::Field& field);

}  // namespace mops::evidence
