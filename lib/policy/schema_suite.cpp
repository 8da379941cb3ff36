#include "policy/schema_suite.h"

#include "policy/format.h"

#include <fmt/format.h>

namespace mops::policy {
namespace {

using document::Document;
using document::Node;
using document::NodeKind;

constexpr std::string_view k_tests = "tests/draft2020-12";
constexpr std::string_view k_remotes = "remotes";

Result<Document> parse_file(FileSystem& files, const Path& folder, const std::string& path) {
  MOPS_ASSIGN(std::string text, files.read(folder / path));
  Document document = document::parse_json({.path = path, .text = std::move(text)});
  if (document.root() != nullptr) return document;
  const Diagnostic& finding = document.findings().front();
  const Position place = finding.location.span.value_or(Span()).begin;
  return fail(ErrorCode::invalid, fmt::format("{}:{}:{}: {}", path, place.line, place.column, finding.message));
}

/// Adds the paths of the files below `from`, relative to `folder`.
Result<void> list_files(FileSystem& files, const Path& folder, const std::string& from, std::vector<std::string>& out) {
  MOPS_ASSIGN(const auto entries, files.list(folder / from));
  for (const DirectoryEntry& entry : entries) {
    const std::string path = fmt::format("{}/{}", from, entry.name);
    if (entry.kind == FileKind::directory) MOPS_TRY(list_files(files, folder, path, out));
    else if (path.ends_with(".json")) out.push_back(path);
  }
  return {};
}

const Node* find_text(const Node& map, std::string_view key) {
  const Node* text = map.find(key);
  return text != nullptr && text->kind == NodeKind::string ? text : nullptr;
}

bool is_group(const Node& node) {
  const Node* tests = node.find("tests");
  return node.find("schema") != nullptr && find_text(node, "description") != nullptr && tests != nullptr && tests->kind == NodeKind::list;
}

bool is_test(const Node& node) {
  const Node* valid = node.find("valid");
  return node.find("data") != nullptr && find_text(node, "description") != nullptr && valid != nullptr && valid->kind == NodeKind::boolean;
}

tl::unexpected<Error> no_suite_file(const std::string& path, const Node& node, std::string_view expected) {
  return fail(ErrorCode::invalid, fmt::format("{}:{}:{}: expected {}", path, node.span.begin.line, node.span.begin.column, expected));
}

/// Why the answer about `data` is not the one wanted; empty: it is.
std::string disagreement(const Schema& schema, const Node& data, bool is_valid) {
  const bool fits = schema.accepts(data);
  if (fits != is_valid) return fits ? "accepted, though the data is not valid" : fmt::format("refused, though the data is valid: {}", schema.check(data, "data").front().message);
  return schema.check(data, "data").empty() == fits ? std::string() : "the quick answer and the findings differ";
}

}  // namespace

Result<SchemaSuite> SchemaSuite::open(FileSystem& files, Path folder, SchemaLibrary metaschemas) {
  for (const std::string_view needed : {k_tests, k_remotes})
    if (!exists(files, folder / needed))
      return fail(ErrorCode::not_found, fmt::format("there is no `{}` in `{}`", needed, folder.string()),
                  "give the folder of a checkout of https://github.com/json-schema-org/JSON-Schema-Test-Suite");
  std::vector<std::string> remotes;
  MOPS_TRY(list_files(files, folder, std::string(k_remotes), remotes));
  for (const std::string& path : remotes) {
    MOPS_ASSIGN(Document document, parse_file(files, folder, path));
    metaschemas.add("http://localhost:1234" + path.substr(k_remotes.size()), std::move(document));
  }
  return SchemaSuite(files, std::move(folder), std::move(metaschemas));
}

Result<SuiteCounts> SchemaSuite::run_required() {
  SuiteCounts counts;
  MOPS_ASSIGN(const auto entries, files_->list(folder_ / k_tests));
  for (const DirectoryEntry& entry : entries) {
    if (entry.kind == FileKind::file && entry.name.ends_with(".json"))
      MOPS_TRY(run_file(fmt::format("{}/{}", k_tests, entry.name), FormatMeans::comment, counts));
  }
  return counts;
}

Result<SuiteCounts> SchemaSuite::run_formats() {
  SuiteCounts counts;
  for (const std::string_view name : format_names()) MOPS_TRY(run_file(fmt::format("{}/optional/format/{}.json", k_tests, name), FormatMeans::assertion, counts));
  return counts;
}

Result<SuiteCounts> SchemaSuite::run_optional(std::span<const std::string_view> names) {
  SuiteCounts counts;
  for (const std::string_view name : names) MOPS_TRY(run_file(fmt::format("{}/optional/{}.json", k_tests, name), FormatMeans::comment, counts));
  return counts;
}

Result<void> SchemaSuite::run_file(const std::string& path, FormatMeans formats, SuiteCounts& counts) const {
  MOPS_ASSIGN(const Document suite, parse_file(*files_, folder_, path));
  if (suite.root()->kind != NodeKind::list) return no_suite_file(path, *suite.root(), "a list of schemas with tests");
  for (const Node& group : suite.root()->items) {
    if (!is_group(group)) return no_suite_file(path, group, "a map with `description`, `schema` and `tests`");
    const auto schema = Schema::compile(*group.find("schema"), path, library_, {.formats = formats});
    for (const Node& test : group.find("tests")->items) {
      if (!is_test(test)) return no_suite_file(path, test, "a map with `description`, `data` and `valid`");
      std::string reason = schema ? disagreement(*schema, *test.find("data"), test.find("valid")->boolean) : schema.error().front().message;
      if (reason.empty()) ++counts.passed;
      else
        counts.failed.push_back({.test = {.path = path, .span = test.span},
                                 .group = std::string(group.find("description")->text),
                                 .name = std::string(test.find("description")->text),
                                 .reason = std::move(reason)});
    }
  }
  return {};
}

}  // namespace mops::policy
