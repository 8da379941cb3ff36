#include "document/reader.h"

#include "base/text.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fmt/format.h>

namespace mops::document {
namespace {

/// Why `path` cannot name a file inside a folder, or nothing.
std::optional<std::string> problem_of_relative_path(std::string_view path) {
  if (path.empty()) return "it is empty";
  if (path.front() == '/') return "it is absolute";
  if (std::any_of(path.begin(), path.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }))
    return "it has a control character";
  for (const std::string_view part : split(path, '/')) {
    if (part.empty()) return "it has an empty part";
    if (part == "." || part == "..") return fmt::format("it has a part `{}`", part);
  }
  return std::nullopt;
}

}  // namespace

Reader::Reader(const Document& document) : document_(document) {
  for (const Diagnostic& finding : document.findings()) {
    if (finding.severity == Severity::error)
      refuse(finding.location.span.value_or(Span()), finding.message, finding.help);
  }
  if (document.root() == nullptr) refuse(Span(), "cannot be read", {});
}

Field Reader::root() { return Field(*this, problem_ ? nullptr : document_.root(), ""); }

void Reader::refuse(const Span& span, std::string message, std::string help) {
  if (problem_) return;
  problem_ = Error{.code = ErrorCode::invalid,
                   .message = fmt::format("{}:{}:{}: {}", document_.source().path, span.begin.line, span.begin.column, message),
                   .help = std::move(help)};
}

Field Field::at(std::string_view key) const {
  Field field = maybe(key);
  if (present() && node_->kind == NodeKind::map && !field.present()) refuse_missing(key, {});
  return field;
}

Field Field::nullable(std::string_view key) const {
  Field field = maybe(key);
  if (field.present() && field.node_->kind == NodeKind::null) field.node_ = nullptr;
  return field;
}

Field Field::maybe(std::string_view key) const {
  const Node* child = present() && is(NodeKind::map) ? node_->find(key) : nullptr;
  return Field(*reader_, child, std::string(key));
}

bool Field::is(NodeKind kind) const {
  if (node_->kind == kind) return true;
  refuse_kind(kind_name(kind));
  return false;
}

void Field::refuse_kind(std::string_view expected) const {
  const std::string where = name_.empty() ? "" : fmt::format(" in `{}`", name_);
  const bool wants_text = expected == kind_name(NodeKind::string);
  const bool is_scalar = node_->kind != NodeKind::list && node_->kind != NodeKind::map && node_->kind != NodeKind::null;
  refuse(fmt::format("found {}{}, expected {}", kind_name(node_->kind), where, expected),
         wants_text && is_scalar ? fmt::format("put it in quotes: `\"{}\"`", node_->text) : std::string());
}

void Field::refuse_missing(std::string_view key, std::string help) const {
  const std::string item = item_ == 0 ? "" : fmt::format("item {} of ", item_);
  refuse(name_.empty() ? fmt::format("`{}` is missing", key) : fmt::format("{}`{}` has no `{}`", item, name_, key), std::move(help));
}

void Field::refuse_word(std::string_view word, const std::vector<std::string>& known) const {
  const auto near = nearest(word, known);
  refuse(fmt::format("found `{}` in `{}`, expected {}", word, name_, quoted_list(known, "or")),
         near ? fmt::format("did you mean `{}`?", *near) : std::string());
}

void Field::expect_format(std::string_view name, uint32_t version) const {
  if (!present()) return;
  const std::string expected = fmt::format("{}/v{}", name, version);
  const Field format = maybe("format");
  if (!format.present()) return refuse_missing("format", fmt::format("write `format: {}`", expected));
  const std::string text = format.text();
  if (text == expected) return;
  const std::string prefix = fmt::format("{}/v", name);
  uint32_t found = 0;
  const char* end = text.data() + text.size();
  const bool is_version_of_it = text.starts_with(prefix) && std::from_chars(text.data() + prefix.size(), end, found).ptr == end;
  if (is_version_of_it && found > version)
    format.refuse(fmt::format("found format `{}`, newer than `{}`, the newest that this mops reads", text, expected), "install a newer mops");
  else
    format.refuse(fmt::format("found format `{}`, expected `{}`", text, expected));
}

void Field::expect_keys(const std::vector<std::string>& known) const {
  if (!present() || !is(NodeKind::map)) return;
  for (const Entry& entry : node_->entries) {
    const std::string_view key = entry.key.text;
    if (key.starts_with("x-") || std::find(known.begin(), known.end(), key) != known.end()) continue;
    const auto near = nearest(key, known);
    reader_->refuse(entry.key.span, fmt::format("unknown key `{}`{}", key, name_.empty() ? "" : fmt::format(" in `{}`", name_)),
                    near ? fmt::format("did you mean `{}`?", *near) : fmt::format("known are {}", quoted_list(known, "and")));
  }
}

void Field::refuse(std::string message, std::string help) const {
  if (present()) reader_->refuse(node_->span, std::move(message), std::move(help));
}

std::string Field::text(std::string_view when_absent) const {
  if (!present() || !is(NodeKind::string)) return std::string(when_absent);
  return std::string(node_->text);
}

std::string Field::scalar() const {
  if (!present()) return {};
  if (node_->kind == NodeKind::list || node_->kind == NodeKind::map || node_->kind == NodeKind::null) refuse_kind("a single value");
  return std::string(node_->text);
}

std::string Field::path() const {
  if (!present()) return {};
  std::string value = text();
  if (node_->kind != NodeKind::string) return value;
  if (const auto problem = problem_of_relative_path(value))
    refuse(fmt::format("found `{}` in `{}`, expected a path inside the folder: {}", value, name_, *problem));
  return value;
}

double Field::number(double when_absent) const {
  if (!present()) return when_absent;
  if (!node_->is_number()) {
    refuse_kind("a number");
    return when_absent;
  }
  if (std::isfinite(node_->number)) return node_->number;
  refuse(fmt::format("found `{}` in `{}`, expected a finite number", node_->text, name_));
  return when_absent;
}

std::chrono::milliseconds Field::seconds(double least, double most, std::chrono::milliseconds when_absent) const {
  if (!present()) return when_absent;
  const double seconds = number();
  if (seconds < least || seconds > most) refuse(fmt::format("found `{}` seconds, expected {} to {}", node_->text, least, most));
  return std::chrono::milliseconds(std::llround(std::clamp(seconds, least, most) * 1000));
}

int64_t Field::integer(int64_t when_absent) const {
  if (!present() || !is(NodeKind::integer)) return when_absent;
  if (node_->integer_fits) return node_->integer;
  refuse(fmt::format("found `{}` in `{}`, expected an integer of at most 64 bits", node_->text, name_));
  return when_absent;
}

uint64_t Field::count(uint64_t when_absent) const {
  if (!present()) return when_absent;
  const int64_t value = integer();
  if (value >= 0) return static_cast<uint64_t>(value);
  refuse(fmt::format("found `{}` in `{}`, expected 0 or more", node_->text, name_));
  return when_absent;
}

bool Field::boolean(bool when_absent) const { return present() && is(NodeKind::boolean) ? node_->boolean : when_absent; }

std::optional<double> Field::maybe_number() const { return present() ? std::optional(number()) : std::nullopt; }

std::optional<Digest> Field::maybe_digest() const {
  if (!present() || !is(NodeKind::string)) return std::nullopt;
  auto digest = Digest::parse(node_->text);
  if (digest) return *digest;
  refuse(fmt::format("found `{}` in `{}`, expected a sha256 digest", node_->text, name_), "a digest is 64 hexadecimal digits");
  return std::nullopt;
}

std::optional<SystemTime> Field::maybe_time() const {
  if (!present()) return std::nullopt;
  return parsed([](std::string_view text) { return parse_time(text); });
}

std::vector<Field> Field::items() const {
  std::vector<Field> fields;
  if (!present() || !is(NodeKind::list)) return fields;
  fields.reserve(node_->items.size());
  for (const Node& item : node_->items) fields.push_back(Field(*reader_, &item, name_, fields.size() + 1));
  return fields;
}

std::vector<std::pair<std::string, Field>> Field::entries() const {
  std::vector<std::pair<std::string, Field>> fields;
  if (!present() || !is(NodeKind::map)) return fields;
  fields.reserve(node_->entries.size());
  for (const Entry& entry : node_->entries) {
    if (entry.key.text.starts_with("x-")) continue;
    std::string key(entry.key.text);
    fields.emplace_back(key, Field(*reader_, &entry.value, key));
  }
  return fields;
}

std::vector<std::string> Field::texts() const {
  std::vector<std::string> values;
  for (const Field& item : items()) values.push_back(item.text());
  return values;
}

std::map<std::string, std::string> Field::text_map() const {
  std::map<std::string, std::string> values;
  for (const auto& [key, field] : entries()) values.emplace(key, field.text());
  return values;
}

}  // namespace mops::document
