#include "document/field_reader.h"

#include <fmt/format.h>

namespace mops::document {
namespace {

const Node k_nothing{};

bool is_string(const Node& node) { return node.kind == NodeKind::string; }
bool is_boolean(const Node& node) { return node.kind == NodeKind::boolean; }
bool is_integer(const Node& node) { return node.kind == NodeKind::integer && node.integer_fits; }
bool is_count(const Node& node) { return is_integer(node) && node.integer >= 0; }
bool is_number(const Node& node) { return node.is_number(); }
bool is_list(const Node& node) { return node.kind == NodeKind::list; }
bool is_map(const Node& node) { return node.kind == NodeKind::map; }

}  // namespace

FieldReader::FieldReader(const Node& map, std::string what) : map_(&map), what_(std::move(what)) {
  if (map.kind != NodeKind::map) problem_ = fmt::format("{} is {}, not a map", what_, kind_name(map.kind));
}

FieldReader::FieldReader(const Document& document) : map_(document.root() == nullptr ? &k_nothing : document.root()), what_(document.source().path) {
  if (!document.is_sound()) problem_ = fmt::format("{}: {}", what_, document.findings().empty() ? "is empty" : document.findings().front().message);
  else if (map_->kind != NodeKind::map) problem_ = fmt::format("{} is {}, not a map", what_, kind_name(map_->kind));
}

void FieldReader::complain(std::string_view key, std::string_view problem) {
  if (problem_.empty()) problem_ = fmt::format("{}: `{}`: {}", what_, key, problem);
}

const Node* FieldReader::optional(std::string_view key, std::string_view expected, bool (*fits)(const Node&)) {
  const Node* node = map_->find(key);
  if (node == nullptr || node->kind == NodeKind::null) return nullptr;
  if (fits(*node)) return node;
  complain(key, fmt::format("found {}, expected {}", kind_name(node->kind), expected));
  return nullptr;
}

const Node* FieldReader::need(std::string_view key, std::string_view expected, bool (*fits)(const Node&)) {
  const Node* node = optional(key, expected, fits);
  if (node == nullptr) complain(key, fmt::format("is missing, expected {}", expected));
  return node;
}

std::string FieldReader::text(std::string_view key) {
  const Node* node = need(key, "a string", is_string);
  return node == nullptr ? std::string() : std::string(node->text);
}

std::optional<std::string> FieldReader::optional_text(std::string_view key) {
  const Node* node = optional(key, "a string", is_string);
  return node == nullptr ? std::nullopt : std::optional(std::string(node->text));
}

bool FieldReader::boolean(std::string_view key) {
  const Node* node = need(key, "true or false", is_boolean);
  return node != nullptr && node->boolean;
}

uint64_t FieldReader::count(std::string_view key) {
  const Node* node = need(key, "a whole number from 0", is_count);
  return node == nullptr ? 0 : static_cast<uint64_t>(node->integer);
}

int64_t FieldReader::integer(std::string_view key) {
  const Node* node = need(key, "a whole number", is_integer);
  return node == nullptr ? 0 : node->integer;
}

double FieldReader::number(std::string_view key) {
  const Node* node = need(key, "a number", is_number);
  return node == nullptr ? 0 : node->number;
}

std::optional<double> FieldReader::optional_number(std::string_view key) {
  const Node* node = optional(key, "a number", is_number);
  return node == nullptr ? std::nullopt : std::optional(node->number);
}

Digest FieldReader::digest(std::string_view key) { return parsed(key, Digest::parse); }

std::optional<Digest> FieldReader::optional_digest(std::string_view key) {
  return optional(key, "a digest", is_string) == nullptr ? std::nullopt : std::optional(digest(key));
}

SystemTime FieldReader::time(std::string_view key) {
  return parsed(key, [](const std::string& text) { return parse_time(text); });
}

std::optional<SystemTime> FieldReader::optional_time(std::string_view key) {
  return optional(key, "a time", is_string) == nullptr ? std::nullopt : std::optional(time(key));
}

const Node& FieldReader::list(std::string_view key) {
  const Node* node = need(key, "a list", is_list);
  return node == nullptr ? k_nothing : *node;
}

const Node& FieldReader::map(std::string_view key) {
  const Node* node = need(key, "a map", is_map);
  return node == nullptr ? k_nothing : *node;
}

const Node* FieldReader::optional_map(std::string_view key) { return optional(key, "a map", is_map); }

void FieldReader::include(const FieldReader& nested) {
  if (problem_.empty()) problem_ = nested.problem_;
}

Result<void> FieldReader::result() const {
  if (problem_.empty()) return {};
  return fail(ErrorCode::invalid, problem_);
}

}  // namespace mops::document
