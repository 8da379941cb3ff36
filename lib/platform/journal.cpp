#include "platform/journal.h"

#include "document/field_reader.h"

#include <algorithm>

namespace mops::platform {
namespace {

using document::FieldReader;
using document::Node;
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

ActorPart read_part(FieldReader& actor, std::string_view key) {
  FieldReader fields(actor.map(key), "actor");
  ActorPart part{.value = fields.text("value")};
  part.standing = fields.text("standing") == "verified" ? ActorPart::Standing::verified : ActorPart::Standing::asserted;
  actor.include(fields);
  return part;
}

}  // namespace

std::string_view to_string(SwitchKind kind) { return kind == SwitchKind::promote ? "promote" : "rollback"; }

Result<SwitchKind> parse_switch_kind(std::string_view text) {
  for (const SwitchKind kind : {SwitchKind::promote, SwitchKind::rollback})
    if (to_string(kind) == text) return kind;
  return fail(ErrorCode::invalid, fmt::format("found `{}`, expected `promote` or `rollback`", text));
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
  value.set("previous", optional_digest(record.previous));
  return value;
}

Result<VersionLabel> read_version_label(const Node& node) {
  FieldReader fields(node, "version");
  VersionLabel label{.payload = fields.digest("payload"), .version = fields.parsed("version", model::Version::parse), .commit = fields.text("commit")};
  MOPS_TRY(fields.result());
  return label;
}

Result<JournalRecord> read_record(const document::Node& node) {
  FieldReader fields(node, "journal record");
  const std::string format = fields.text("format");
  MOPS_TRY(fields.result());
  if (format != "journal/v1")
    return fail(ErrorCode::invalid, fmt::format("journal record of format `{}`, this mops reads `journal/v1`", format), "use a newer mops");
  JournalRecord record;
  record.id = fields.text("id");
  record.kind = fields.parsed("kind", parse_switch_kind);
  record.platform = fields.text("platform");
  record.stage = fields.text("stage");
  record.model = fields.text("model");
  record.number = fields.count("number");
  if (const Node* from = fields.optional_map("from")) {
    MOPS_ASSIGN(record.from, read_version_label(*from));
  }
  MOPS_ASSIGN(record.to, read_version_label(fields.map("to")));
  record.certificate = fields.optional_digest("certificate");
  record.configuration = fields.digest("configuration");
  record.reason = fields.text("reason");
  FieldReader actor(fields.map("actor"), "actor");
  record.actor = {.name = read_part(actor, "name"), .uid = read_part(actor, "uid"), .host = read_part(actor, "host")};
  fields.include(actor);
  record.mops_version = fields.text("mops_version");
  record.requested = fields.time("requested");
  record.switched = fields.time("switched");
  record.requests = fields.count("requests");
  record.failed = fields.count("failed");
  record.previous = fields.optional_digest("previous");
  MOPS_TRY(fields.result());
  return record;
}

Digest digest_of(const JournalRecord& record) { return sha256(to_canonical_json(to_value(record))); }

RouteHistory fold(std::span<const JournalRecord> records) {
  RouteHistory history;
  for (const JournalRecord& record : records) {
    if (record.kind == SwitchKind::rollback && record.from) history.withdrawn.push_back(*record.from);
    std::erase(history.withdrawn, record.to);
    history.primary = record.to;
    ++history.switches;
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
