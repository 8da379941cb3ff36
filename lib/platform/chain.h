#pragma once

#include "platform/journal.h"

namespace mops::platform {

/// A row of the journal as it is on the disk.
struct JournalRow {
  int64_t sequence = 0;
  std::string model;
  std::string stage;
  uint64_t number = 0;
  std::string text;           ///< the record's JSON
};

/// Who looked at a fault and decided that promotions may go on.
struct Acknowledgement {
  std::string reason;
  std::string actor;
  SystemTime time{};
};

/// A place where the journal is not what the platform wrote.
struct JournalFault {
  std::string id;             ///< the same for as long as the fault is the same
  std::string record;         ///< the record's tag, `churn#dev#3`; empty: none is left
  std::string message;        ///< which record, and what became of it
  std::optional<Acknowledgement> acknowledged = {};
};

/// The journal with what is wrong with it. Records that cannot be read are faults, and are not among `records`.
struct CheckedJournal {
  std::vector<JournalFault> faults;
  std::vector<JournalRecord> records;
};

/// The record of a row. Error: invalid, when it cannot be read.
Result<JournalRecord> record_of(const JournalRow& row);

/// Follows the chain through all rows, oldest first: each record must be, byte for byte, the one that the next one names as
/// `previous`, and the last one the one that the state remembers as `head`.
std::vector<JournalFault> verify_chain(std::span<const JournalRow> rows, const std::optional<Digest>& head);

/// Whether promotions are held back.
bool has_open_fault(std::span<const JournalFault> faults);

document::Value to_value(const JournalFault& fault);
JournalFault read_fault(const document::Field& field);

}  // namespace mops::platform
