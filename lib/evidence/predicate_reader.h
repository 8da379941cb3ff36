#pragma once

#include "base/clock.h"
#include "document/document.h"
#include "evidence/statement.h"
#include "model/reader.h"

namespace mops::evidence {

/// The predicate as a document, so that it is read like any other. Its path stands for a file: "predicate".
document::Document predicate_document(const Statement& statement);

/// Error: invalid, naming both types.
Result<void> expect_predicate(const Statement& statement, std::string_view type);

/// RFC 3339.
SystemTime read_time(const model::Field& field);

/// 40 or 64 lower-case hex digits.
std::string read_commit(const model::Field& field);

}  // namespace mops::evidence
