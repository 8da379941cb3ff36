#include "evidence/predicate_reader.h"

#include <algorithm>
#include <fmt/format.h>

namespace mops::evidence {

document::Document predicate_document(const Statement& statement) {
  return document::parse_json({.path = "predicate", .text = document::to_json(statement.predicate)});
}

Result<void> expect_predicate(const Statement& statement, std::string_view type) {
  if (statement.predicate_type == type) return {};
  return fail(ErrorCode::invalid, fmt::format("found a statement of type `{}`, expected `{}`", statement.predicate_type, type));
}

std::string read_commit(const document::Field& field) {
  std::string commit = field.text();
  const auto is_hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  if ((commit.size() != 40 && commit.size() != 64) || !std::all_of(commit.begin(), commit.end(), is_hex))
    field.refuse(fmt::format("found `{}`, expected the hash of a commit", commit));
  return commit;
}

}  // namespace mops::evidence
