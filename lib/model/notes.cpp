#include "model/notes.h"

#include "base/clock.h"
#include "base/text.h"
#include "document/reader.h"

#include <algorithm>
#include <fmt/format.h>

namespace mops::model {
namespace {

using document::Field;

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

Compatibility read_compatibility(const Field& field) {
  return field.choice<Compatibility>({{"FULL", Compatibility::full}, {"BACKWARD", Compatibility::backward}, {"FORWARD", Compatibility::forward}, {"NONE", Compatibility::none}},
                                     Compatibility::none);
}

std::optional<NotesChanges> read_changes(const Field& field) {
  if (!field.present()) return std::nullopt;
  const Field against = field.at("against");
  NotesChanges changes{.against = against.parsed(Version::parse), .metrics = read_numbers(field.maybe("metrics")), .performance = read_numbers(field.maybe("performance"))};
  if (against.present()) changes.against_span = against.node()->span;
  if (const Field interface = field.maybe("interface"); interface.present()) {
    changes.interface = read_compatibility(interface);
    changes.interface_span = interface.node()->span;
  }
  return changes;
}

std::optional<Span> place_of(const Field& field) { return field.present() ? std::optional(field.node()->span) : std::nullopt; }

}  // namespace

Result<Notes> read_notes(const document::Document& document) {
  document::Reader reader(document);
  const Field root = reader.root();
  root.expect_format("notes", 1);
  Notes notes{.version = root.at("version").parsed(Version::parse), .date = read_date(root.at("date")), .summary = root.at("summary").text()};
  for (const std::string_view section : k_notes_sections)
    if (const Field items = root.maybe(section); items.present()) notes.sections.emplace(section, items.texts());
  notes.no_user_visible_change = root.maybe("no_user_visible_change").boolean();
  const Field facts = root.maybe("facts");
  notes.facts_span = place_of(facts);
  notes.payload = facts.maybe("payload").maybe_digest();
  notes.certificate = facts.maybe("certificate").maybe_digest();
  notes.version_span = place_of(root.maybe("version"));
  notes.payload_span = place_of(facts.maybe("payload"));
  notes.certificate_span = place_of(facts.maybe("certificate"));
  notes.metrics = read_numbers(facts.maybe("metrics"));
  notes.performance = read_numbers(facts.maybe("performance"));
  notes.changes = read_changes(facts.maybe("changes"));
  return reader.finish(std::move(notes));
}

bool is_draft_text(std::string_view text) {
  constexpr std::string_view k_beginning = k_draft_summary.substr(0, k_draft_summary.find(" what"));
  const std::string_view trimmed = trim(text);
  return trimmed.starts_with(k_beginning) || trimmed == k_draft_change;
}

}  // namespace mops::model
