#include "platform/journal.h"

#include "specimen.h"

#include <doctest/doctest.h>

using namespace mops;
using namespace mops::platform;

namespace {

std::string letter(const std::optional<VersionLabel>& version) { return version ? std::string(1, version->payload.hex()[0]) : "-"; }

/// `primary/standby`, then what is withdrawn.
std::string folded(std::string_view words) {
  const RouteHistory history = fold(records_of(words));
  CHECK(history.switches == records_of(words).size());
  std::string text = letter(history.primary) + "/" + letter(history.standby);
  for (const VersionLabel& version : history.withdrawn) text += " " + letter(version);
  return text;
}

Result<JournalRecord> read(std::string text) {
  const document::Document document = document::parse_json({.path = "record", .text = std::move(text)});
  REQUIRE(document.is_sound());
  return read_record(document);
}

std::string refusal(std::string_view from, std::string_view to) {
  const std::string json = to_json(to_value(specimen_record()));
  REQUIRE_MESSAGE(json.find(from) != std::string::npos, json);
  const auto record = read(replace_all(json, from, to));
  REQUIRE_FALSE(record);
  CHECK(record.error().code == ErrorCode::invalid);
  return record.error().message;
}

}  // namespace

TEST_CASE("fold: no record, no route") {
  const RouteHistory history = fold({});
  CHECK_FALSE(history.primary);
  CHECK_FALSE(history.standby);
  CHECK(history.withdrawn.empty());
  CHECK(history.switches == 0);
}

TEST_CASE("fold: back step by step, then forward again") {
  CHECK(folded("a") == "a/-");
  CHECK(folded("a b") == "b/a");
  CHECK(folded("a b c") == "c/b");
  CHECK(folded("a b c <b") == "b/a c");
  CHECK(folded("a b c <b <a") == "a/- c b");
  CHECK(folded("a b c <b <a c") == "c/a b");
  CHECK(folded("a b c <b <a c <a") == "a/- b c");
  CHECK(folded("a b c <b d") == "d/b c");
  CHECK(folded("a b c <b d <b") == "b/a c d");
}

TEST_CASE("fold: a drill changes nothing but the number of records") {
  std::vector<JournalRecord> records = records_of("a b c <b");
  const RouteHistory before = fold(records);
  JournalRecord drill = records.back();
  drill.kind = SwitchKind::drill;
  drill.from = drill.to;
  drill.switched += std::chrono::hours(1);
  records.push_back(drill);
  const RouteHistory after = fold(records);
  CHECK(after.primary == before.primary);
  CHECK(after.standby == before.standby);
  CHECK(after.withdrawn == before.withdrawn);
  CHECK(after.since == before.since);
  CHECK(after.switches == before.switches + 1);
}

TEST_CASE("fold: the same version promoted twice") {
  CHECK(folded("a b a") == "a/b");
  CHECK(folded("a b a <b") == "b/- a");
  CHECK(folded("a b a <b a") == "a/b");
  CHECK(folded("a b a c") == "c/a");
  CHECK(folded("a b a c <a") == "a/b c");
  CHECK(folded("a a") == "a/-");
}

TEST_CASE("fold: rollback to a version that was named") {
  // Over b, which was not withdrawn, only passed by.
  CHECK(folded("a b c <a") == "a/- c");
  CHECK(folded("a b c <a d") == "d/b c");
  // To one that was withdrawn: it is no longer.
  CHECK(folded("a b <a <b") == "b/- a");
  CHECK(folded("a b c <b <c") == "c/a b");
  // To one that never served here.
  CHECK(folded("a b <f") == "f/a b");
  CHECK(folded("a <f") == "f/- a");
  CHECK(folded("a b <f <a") == "a/- b f");
  CHECK(folded("a b <f c") == "c/a b");
}

TEST_CASE("journal/v1: the specimen") {
  const auto hex = [](char c) { return std::string(64, c); };
  const std::string json = R"({"format":"journal/v1","id":"01KAMZ0000000000000000000A","kind":"promote","platform":"01KAMZ0000000000000000000P","stage":"dev",)"
                           R"("model":"churn","number":2,"from":{"payload":")" + hex('a') + R"(","version":"1.0.0","commit":")" + std::string(40, 'a') +
                           R"("},"to":{"payload":")" + hex('b') + R"(","version":"2.0.0","commit":")" + std::string(40, 'b') + R"("},"certificate":")" + hex('1') +
                           R"(","configuration":")" + hex('2') + R"(","reason":"better \"recall\"\nfor zażółć",)"
                           R"("actor":{"name":{"value":"Ada","standing":"asserted"},"uid":{"value":"1000","standing":"verified"},"host":{"value":"laptop","standing":"asserted"}},)"
                           R"("mops_version":"0.1.0","requested":"2026-11-23T12:00:00.001Z","switched":"2026-11-23T12:00:02.500Z","requests":1234,"failed":5,"previous":")" +
                           hex('3') + R"("})";
  CHECK(to_json(to_value(specimen_record())) == json);
  const auto record = read(json);
  REQUIRE_MESSAGE(record, record.error().message);
  CHECK(to_json(to_value(*record)) == json);
  CHECK(digest_of(*record) == digest_of(specimen_record()));
}

TEST_CASE("journal/v1: a first record has nothing before it") {
  JournalRecord first = specimen_record();
  first.kind = SwitchKind::rollback;
  first.from.reset();
  first.certificate.reset();
  first.previous.reset();
  const auto record = read(to_json(to_value(first)));
  REQUIRE_MESSAGE(record, record.error().message);
  CHECK(record->kind == SwitchKind::rollback);
  CHECK_FALSE(record->from);
  CHECK_FALSE(record->certificate);
  CHECK_FALSE(record->previous);
}

TEST_CASE("journal/v1: what not every record has is written where it says something") {
  const std::string plain = to_json(to_value(specimen_record()));
  for (const char* key : {"\"steps\"", "\"gates\"", "\"drill\""}) CHECK(plain.find(key) == std::string::npos);
  JournalRecord full = specimen_record();
  full.kind = SwitchKind::drill;
  full.steps = {{.share = 5, .seconds = 10.02, .requests = 61, .failed = 0, .p99_ms = 1.25}, {.share = 100, .seconds = 0.1, .requests = 0}};
  full.gates = Gates::skipped;
  full.drill = DrillTimes{.there_ms = 3.5, .back_ms = 1};
  const std::string json = to_json(to_value(full));
  const auto record = read(json);
  REQUIRE_MESSAGE(record, record.error().message);
  CHECK(to_json(to_value(*record)) == json);
  CHECK(record->steps == full.steps);
  CHECK(record->gates == Gates::skipped);
  CHECK(record->drill->there_ms == 3.5);
  CHECK(record->drill->back_ms == 1);
}

TEST_CASE("journal/v1: refusals") {
  CHECK(refusal("journal/v1", "journal/v2") == "record:1:11: found format `journal/v2`, newer than `journal/v1`, the newest that this mops reads");
  CHECK(refusal("\"promote\"", "\"replace\"") == "record:1:65: found `replace`, expected `promote`, `rollback` or `drill`");
  CHECK(refusal("\"reason\"", "\"raisin\"") == "record:1:1: `reason` is missing");
  CHECK(refusal("\"number\":2", "\"number\":-2") == "record:1:154: found `-2` in `number`, expected 0 or more");
  CHECK(refusal("\"version\":\"2.0.0\"", "\"version\":\"2.0\"") == "record:1:405: `2.0` is not a version");
  CHECK(refusal("\"verified\"", "\"certain\"") == "record:1:758: found `certain` in `standing`, expected `verified` or `asserted`");
  CHECK(refusal("\"host\":{\"value\"", "\"host\":{\"worth\"") == "record:1:777: `host` has no `value`");
}

TEST_CASE("journal/v1: every field counts for the digest") {
  const Digest before = digest_of(specimen_record());
  const auto changed = [&](auto change) {
    JournalRecord record = specimen_record();
    change(record);
    return digest_of(record) != before;
  };
  CHECK(changed([](JournalRecord& r) { r.id.back() = 'B'; }));
  CHECK(changed([](JournalRecord& r) { r.kind = SwitchKind::rollback; }));
  CHECK(changed([](JournalRecord& r) { r.number = 3; }));
  CHECK(changed([](JournalRecord& r) { r.from.reset(); }));
  CHECK(changed([](JournalRecord& r) { r.to.commit.clear(); }));
  CHECK(changed([](JournalRecord& r) { r.certificate.reset(); }));
  CHECK(changed([](JournalRecord& r) { r.reason += "!"; }));
  CHECK(changed([](JournalRecord& r) { r.actor.uid.standing = ActorPart::Standing::asserted; }));
  CHECK(changed([](JournalRecord& r) { r.switched += std::chrono::milliseconds(1); }));
  CHECK(changed([](JournalRecord& r) { r.failed = 0; }));
  CHECK(changed([](JournalRecord& r) { r.previous.reset(); }));
}
