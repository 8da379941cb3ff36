#include "evidence/statement.h"

#include "document/document.h"
#include "document/reader.h"

#include <algorithm>
#include <fmt/format.h>

namespace mops::evidence {
namespace {

constexpr std::string_view k_statement_type = "https://in-toto.io/Statement/v1";

}  // namespace

const Subject* Statement::find_subject(std::string_view name) const {
  const auto found = std::find_if(subjects.begin(), subjects.end(), [&](const Subject& subject) { return subject.name == name; });
  return found == subjects.end() ? nullptr : &*found;
}

std::string to_json(const Statement& statement) {
  document::Value subjects = document::Value::list();
  for (const Subject& subject : statement.subjects)
    subjects.add(document::Value::map().set("name", subject.name).set("digest", document::Value::map().set("sha256", subject.sha256.hex())));
  return document::to_json(document::Value::map()
                               .set("_type", k_statement_type)
                               .set("subject", std::move(subjects))
                               .set("predicateType", statement.predicate_type)
                               .set("predicate", statement.predicate));
}

Result<Statement> parse_statement(std::string_view json, std::string_view source_name) {
  const document::Document document = document::parse_json({.path = std::string(source_name), .text = std::string(json)});
  document::Reader reader(document);
  const document::Field root = reader.root();
  const document::Field type = root.at("_type");
  if (const std::string found = type.text(); found != k_statement_type)
    type.refuse(fmt::format("found `{}` in `_type`, expected `{}`", found, k_statement_type));
  Statement statement;
  for (const document::Field& item : root.at("subject").items())
    statement.subjects.push_back({.name = item.at("name").text(), .sha256 = item.at("digest").at("sha256").digest()});
  statement.predicate_type = root.at("predicateType").text();
  const document::Field predicate = root.at("predicate");
  (void)predicate.entries();
  if (predicate.present()) statement.predicate = document::Value::of(*predicate.node());
  return reader.finish(std::move(statement));
}

}  // namespace mops::evidence
