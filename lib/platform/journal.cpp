#include "platform/journal.h"

#include <algorithm>

namespace mops::platform {
namespace {

using document::Field;
using document::Value;

Value to_value(const ActorPart& part) {
  return Value::map().set("value", part.value).set("standing", part.standing == ActorPart::Standing::verified ? "verified" : "asserted");
}

}  // namespace

Value to_value(const VersionLabel& label) {
  return Value::map().set("payload", label.payload.hex()).set("version", label.version.to_string()).set("commit", label.commit);
}

namespace {

Value optional_digest(const std::optional<Digest>& digest) { return digest ? Value(digest->hex()) : Value(nullptr); }

ActorPart read_part(const Field& field) {
  using enum ActorPart::Standing;
  return {.value = field.at("value").text(), .standing = field.at("standing").choice<ActorPart::Standing>({{"verified", verified}, {"asserted", asserted}}, asserted)};
}

}  // namespace

std::string_view to_string(SwitchKind kind) {
  switch (kind) {
    case SwitchKind::promote: return "promote";
    case SwitchKind::rollback: return "rollback";
    case SwitchKind::drill: return "drill";
  }
  return "";
}

Result<SwitchKind> parse_switch_kind(std::string_view text) {
  for (const SwitchKind kind : {SwitchKind::promote, SwitchKind::rollback, SwitchKind::drill})
    if (to_string(kind) == text) return kind;
  return fail(ErrorCode::invalid, fmt::format("found `{}`, expected `promote`, `rollback` or `drill`", text));
}

Value to_value(const JournalRecord& record) {
  Value value = Value::map();
  value.set("format", "journal/v1").set("id", record.id).set("kind", to_string(record.kind)).set("platform", record.platform);
  value.set("stage", record.stage).set("model", record.model).set("number", record.number);
  value.set("from", record.from ? to_value(*record.from) : Value(nullptr)).set("to", to_value(record.to));
  value.set("certificate", optional_digest(record.certificate)).set("configuration", record.configuration.hex());
  value.set("reason", record.reason);
  value.set("actor", Value::map()
                         .set("name", to_value(record.actor.name))
                         .set("uid", to_value(record.actor.uid))
                         .set("host", to_value(record.actor.host)));
  value.set("mops_version", record.mops_version);
  value.set("requested", to_rfc3339(record.requested)).set("switched", to_rfc3339(record.switched));
  value.set("requests", record.requests).set("failed", record.failed);
  // What not every record has is left out where it says nothing, so that older records keep their digests.
  if (!record.steps.empty()) {
    Value steps = Value::list();
    for (const ShiftStep& step : record.steps) steps.add(to_value(step));
    value.set("steps", std::move(steps));
  }
  if (record.gates == Gates::skipped) value.set("gates", "skipped");
  if (record.drill) value.set("drill", Value::map().set("there_ms", record.drill->there_ms).set("back_ms", record.drill->back_ms));
  value.set("previous", optional_digest(record.previous));
  return value;
}

VersionLabel read_version_label(const Field& field) {
  return {.payload = field.at("payload").digest(), .version = field.at("version").parsed(model::Version::parse), .commit = field.at("commit").text()};
}

JournalRecord read_record(const Field& field) {
  field.expect_format("journal", 1);
  const Field actor = field.at("actor");
  JournalRecord record{.id = field.at("id").text(),
                       .kind = field.at("kind").parsed(parse_switch_kind),
                       .platform = field.at("platform").text(),
                       .stage = field.at("stage").text(),
                       .model = field.at("model").text(),
                       .number = field.at("number").count(),
                       .to = read_version_label(field.at("to")),
                       .certificate = field.nullable("certificate").maybe_digest(),
                       .configuration = field.at("configuration").digest(),
                       .reason = field.at("reason").text(),
                       .actor = {.name = read_part(actor.at("name")), .uid = read_part(actor.at("uid")), .host = read_part(actor.at("host"))},
                       .mops_version = field.at("mops_version").text(),
                       .requested = field.at("requested").time(),
                       .switched = field.at("switched").time(),
                       .requests = field.at("requests").count(),
                       .failed = field.at("failed").count(),
                       .gates = field.maybe("gates").choice<Gates>({{"held", Gates::held}, {"skipped", Gates::skipped}}, Gates::held),
                       .previous = field.nullable("previous").maybe_digest()};
  if (const Field from = field.nullable("from"); from.present()) record.from = read_version_label(from);
  for (const Field& step : field.maybe("steps").items()) record.steps.push_back(read_shift_step(step));
  if (const Field drill = field.maybe("drill"); drill.present())
    record.drill = DrillTimes{.there_ms = drill.at("there_ms").number(), .back_ms = drill.at("back_ms").number()};
  return record;
}

Result<JournalRecord> read_record(const document::Document& document) {
  document::Reader reader(document);
  return reader.finish(read_record(reader.root()));
}

Digest digest_of(const JournalRecord& record) { return sha256(to_canonical_json(to_value(record))); }

RouteHistory fold(std::span<const JournalRecord> records) {
  RouteHistory history;
  for (const JournalRecord& record : records) {
    ++history.switches;
    if (record.kind == SwitchKind::drill) continue;
    if (record.kind == SwitchKind::rollback && record.from) history.withdrawn.push_back(*record.from);
    std::erase(history.withdrawn, record.to);
    history.primary = record.to;
    history.since = record.switched;
  }
  if (!history.primary) return history;
  const auto promotes_primary = [&](const JournalRecord& r) { return r.kind == SwitchKind::promote && r.to == *history.primary; };
  // A rollback to a version that was never promoted here (`--to`) has nothing before it but what came before the rollback.
  auto before = std::find_if(records.rbegin(), records.rend(), promotes_primary);
  if (before == records.rend()) before = records.rbegin();
  for (auto record = before; record != records.rend(); ++record) {
    if (record->kind != SwitchKind::promote || record->to == *history.primary) continue;
    if (std::find(history.withdrawn.begin(), history.withdrawn.end(), record->to) != history.withdrawn.end()) continue;
    history.standby = record->to;
    break;
  }
  return history;
}

}  // namespace mops::platform
