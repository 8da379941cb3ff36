#include "model/notes.h"

#include "base/clock.h"
#include "model/reader.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace mops::model {
namespace {

constexpr std::array k_sections = {"added", "changed", "deprecated", "removed", "fixed", "security"};

Version read_version(const Field& field) {
  auto version = Version::parse(field.text());
  if (version) return *version;
  field.refuse(version.error().message, version.error().help);
  return {};
}

std::string read_date(const Field& field) {
  constexpr size_t k_date_size = std::string_view("2026-11-23").size();
  std::string date = field.text();
  if (date.size() != k_date_size || !parse_time(date)) field.refuse(fmt::format("found `{}` in `date`, expected a date such as `2026-11-23`", date));
  return date;
}

std::map<std::string, WrittenNumber> read_numbers(const Field& field) {
  std::map<std::string, WrittenNumber> numbers;
  for (const auto& [name, item] : field.entries()) {
    (void)item.number();
    numbers.emplace(name, WrittenNumber{.text = std::string(item.node()->text), .span = item.node()->span});
  }
  return numbers;
}

std::optional<Span> place_of(const Field& field) { return field.present() ? std::optional(field.node()->span) : std::nullopt; }

}  // namespace

Result<Notes> read_notes(const document::Document& document) {
  Reader reader(document);
  reader.expect_format("notes", 1);
  const Field root = reader.root();
  Notes notes{.version = read_version(root.at("version")), .date = read_date(root.at("date")), .summary = root.at("summary").text()};
  for (const char* section : k_sections)
    if (const Field items = root.maybe(section); items.present()) notes.sections.emplace(section, items.texts());
  const Field facts = root.maybe("facts");
  notes.payload = facts.maybe("payload").maybe_digest();
  notes.certificate = facts.maybe("certificate").maybe_digest();
  notes.version_span = place_of(root.maybe("version"));
  notes.payload_span = place_of(facts.maybe("payload"));
  notes.certificate_span = place_of(facts.maybe("certificate"));
  notes.metrics = read_numbers(facts.maybe("metrics"));
  notes.performance = read_numbers(facts.maybe("performance"));
  return reader.finish(std::move(notes));
}

}  // namespace mops::model
