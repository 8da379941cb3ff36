#include "platform/chain.h"

#include <algorithm>

namespace mops::platform {
namespace {

std::string text_of(const std::optional<Digest>& digest) { return digest ? digest->hex() : "none"; }

std::string tag_of(const JournalRow& row) { return model::stage_tag(row.model, row.stage, row.number); }

/// After the row of that number (0: before the first) another digest was found than expected.
std::string fault_id(int64_t sequence, const std::optional<Digest>& expected, const std::optional<Digest>& found) {
  return sha256(fmt::format("{} {} {}", sequence, text_of(expected), text_of(found))).hex().substr(0, 12);
}

std::string shown(const JournalRow& row, const Result<JournalRecord>& record) {
  if (!record) return fmt::format("record {} ({})", row.sequence, tag_of(row));
  return fmt::format("record {} ({}, {} to {}, {})", row.sequence, tag_of(row), to_string(record->kind), record->to.version.to_string(), to_rfc3339(record->switched));
}

/// The digest that the next record must name. A row that is not what the platform would write has another one.
Digest digest_of(const JournalRow& row, const JournalRecord& record) {
  const bool is_as_written = to_json(to_value(record)) == row.text && record.model == row.model && record.stage == row.stage && record.number == row.number;
  return is_as_written ? digest_of(record) : sha256(fmt::format("{}\n{}", tag_of(row), row.text));
}

}  // namespace

Result<JournalRecord> record_of(const JournalRow& row) {
  return read_record(document::parse_json({.path = tag_of(row), .text = row.text}));
}

std::vector<JournalFault> verify_chain(std::span<const JournalRow> rows, const std::optional<Digest>& head) {
  std::vector<JournalFault> faults;
  const JournalRow* before = nullptr;
  std::string before_shown;
  std::optional<Digest> found;   // of the row before
  bool is_known = true;          // false after a row that cannot be read
  const auto expect = [&](const std::optional<Digest>& expected) {
    if (!is_known || expected == found) return;
    faults.push_back({.id = fault_id(before->sequence, expected, found), .record = tag_of(*before),
                      .message = fmt::format("{} is not as it was written: it was changed, or records that followed it were removed", before_shown)});
  };
  for (const JournalRow& row : rows) {
    const Result<JournalRecord> record = record_of(row);
    if (!record) {
      faults.push_back({.id = fault_id(row.sequence, {}, sha256(row.text)), .record = tag_of(row),
                        .message = fmt::format("{} cannot be read: {}", shown(row, record), record.error().message)});
    } else if (before != nullptr) {
      expect(record->previous);
    } else if (record->previous) {
      faults.push_back({.id = fault_id(0, record->previous, {}), .record = tag_of(row),
                        .message = fmt::format("{} was not the first: records before it were removed", shown(row, record))});
    }
    is_known = record.has_value();
    if (record) found = digest_of(row, *record);
    before = &row;
    before_shown = shown(row, record);
  }
  if (before != nullptr) expect(head);
  else if (head) faults.push_back({.id = fault_id(0, head, {}), .record = "", .message = "all records were removed"});
  return faults;
}

bool has_open_fault(std::span<const JournalFault> faults) {
  return std::any_of(faults.begin(), faults.end(), [](const JournalFault& fault) { return !fault.acknowledged; });
}

document::Value to_value(const JournalFault& fault) {
  using document::Value;
  Value acknowledged(nullptr);
  if (fault.acknowledged)
    acknowledged = Value::map().set("reason", fault.acknowledged->reason).set("actor", fault.acknowledged->actor).set("time", to_rfc3339(fault.acknowledged->time));
  return Value::map().set("id", fault.id).set("record", fault.record).set("message", fault.message).set("acknowledged", std::move(acknowledged));
}

JournalFault read_fault(const document::Field& field) {
  JournalFault fault{.id = field.at("id").text(), .record = field.at("record").text(), .message = field.at("message").text()};
  if (const document::Field known = field.nullable("acknowledged"); known.present())
    fault.acknowledged = Acknowledgement{.reason = known.at("reason").text(), .actor = known.at("actor").text(), .time = known.at("time").time()};
  return fault;
}

}  // namespace mops::platform
