#include "model/notes.h"

#include "base/clock.h"
#include "document/reader.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace mops::model {
namespace {

using document::Field;

constexpr std::array k_sections = {"added", "changed", "deprecated", "removed", "fixed", "security"};

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
  document::Reader reader(document);
  const Field root = reader.root();
  root.expect_format("notes", 1);
  Notes notes{.version = root.at("version").parsed(Version::parse), .date = read_date(root.at("date")), .summary = root.at("summary").text()};
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
