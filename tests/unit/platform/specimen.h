#pragma once

#include "base/text.h"
#include "platform/chain.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace mops::platform {

inline Digest digest(char digit) { return *Digest::parse(std::string(64, digit)); }

/// Version 1.0.0 is payload aaa…, 2.0.0 is bbb… and so on: `a` names both.
inline VersionLabel label(char letter) {
  return {.payload = digest(letter), .version = {.major = static_cast<uint64_t>(letter - 'a') + 1}, .commit = std::string(40, letter)};
}

inline JournalRecord specimen_record() {
  return {.id = "01KAMZ0000000000000000000A",
          .kind = SwitchKind::promote,
          .platform = "01KAMZ0000000000000000000P",
          .stage = "dev",
          .model = "churn",
          .number = 2,
          .from = label('a'),
          .to = label('b'),
          .certificate = digest('1'),
          .configuration = digest('2'),
          .reason = "better \"recall\"\nfor zażółć",
          .actor = {.name = {.value = "Ada"}, .uid = {.value = "1000", .standing = ActorPart::Standing::verified}, .host = {.value = "laptop"}},
          .mops_version = "0.1.0",
          .requested = *parse_time("2026-11-23T12:00:00.001Z"),
          .switched = *parse_time("2026-11-23T12:00:02.500Z"),
          .requests = 1234,
          .failed = 5,
          .previous = digest('3')};
}

inline std::vector<JournalFault> specimen_faults() {
  return {{.id = "abc", .record = "churn#dev#2", .message = "changed", .acknowledged = {}},
          {.id = "def", .record = "", .message = "removed",
           .acknowledged = Acknowledgement{.reason = "known", .actor = "Ada", .time = *parse_time("2026-11-23T12:00:00Z")}}};
}

/// The records of one model and stage from words: `a` promotes, `<a` rolls back to it.
inline std::vector<JournalRecord> records_of(std::string_view words) {
  std::vector<JournalRecord> records;
  for (const std::string_view word : split(words, ' ')) {
    JournalRecord record{.kind = word.front() == '<' ? SwitchKind::rollback : SwitchKind::promote, .stage = "dev", .model = "churn", .to = label(word.back())};
    if (!records.empty()) record.from = records.back().to;
    record.number = records.size() + 1;
    records.push_back(std::move(record));
  }
  return records;
}

}  // namespace mops::platform
