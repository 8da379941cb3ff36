#include "platform/journal.h"

#include "model/version.h"

#include <algorithm>

namespace mops::platform {
namespace {

using document::Node;
using document::Value;

Value to_value(const ActorPart& part) {
  return Value::map().set("value", part.value).set("standing", part.standing == ActorPart::Standing::verified ? "verified" : "asserted");
}

Value to_value(const VersionLabel& label) {
  return Value::map().set("payload", label.payload.hex()).set("version", label.version.to_string()).set("commit", label.commit);
}

Value optional_digest(const std::optional<Digest>& digest) { return digest ? Value(digest->hex()) : Value(nullptr); }

/// Reads the fields of one map and remembers the first that is missing or of another kind.
class Fields {
 public:
  Fields(const Node& map, std::string where) : map_(map), where_(std::move(where)) {}

  std::string text(std::string_view key) {
    const Node* node = need(key);
    if (node == nullptr) return {};
    if (node->kind != document::NodeKind::string) complain(key);
    return std::string(node->text);
  }
  uint64_t count(std::string_view key) {
    const Node* node = need(key);
    if (node == nullptr) return 0;
    if (node->kind != document::NodeKind::integer || node->integer < 0) complain(key);
    return static_cast<uint64_t>(node->integer);
  }
  template <typename T, typename Parse>
  T parsed(std::string_view key, Parse parse) {
    Result<T> value = parse(text(key));
    if (value) return *value;
    complain(key);
    return T{};
  }
  Digest digest(std::string_view key) { return parsed<Digest>(key, Digest::parse); }
  SystemTime time(std::string_view key) {
    return parsed<SystemTime>(key, [](const std::string& t) { return parse_time(t); });
  }
  std::optional<Digest> optional_digest(std::string_view key) {
    const Node* node = need(key);
    if (node == nullptr || node->kind == document::NodeKind::null) return std::nullopt;
    return digest(key);
  }
  const Node* need(std::string_view key) {
    const Node* node = map_.find(key);
    if (node == nullptr) complain(key);
    return node;
  }
  void complain(std::string_view key) {
    if (problem_.empty()) problem_ = fmt::format("{}: field `{}` is missing or not what it should be", where_, key);
  }
  void complain_text(std::string text) {
    if (problem_.empty()) problem_ = std::move(text);
  }
  [[nodiscard]] const std::string& problem() const { return problem_; }

 private:
  const Node& map_;
  std::string where_;
  std::string problem_;
};

ActorPart read_part(const Node& node, Fields& parent) {
  Fields fields(node, "actor");
  ActorPart part{.value = fields.text("value")};
  part.standing = fields.text("standing") == "verified" ? ActorPart::Standing::verified : ActorPart::Standing::asserted;
  if (!fields.problem().empty()) parent.complain_text(fields.problem());
  return part;
}

VersionLabel read_label(const Node& node, Fields& parent) {
  Fields fields(node, "version");
  VersionLabel label{.payload = fields.digest("payload"),
                     .version = fields.parsed<model::Version>("version", model::Version::parse),
                     .commit = fields.text("commit")};
  if (!fields.problem().empty()) parent.complain_text(fields.problem());
  return label;
}

}  // namespace

std::string_view to_string(SwitchKind kind) { return kind == SwitchKind::promote ? "promote" : "rollback"; }

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

Result<JournalRecord> read_record(const document::Document& document) {
  if (!document.is_sound() || document.root()->kind != document::NodeKind::map)
    return fail(ErrorCode::invalid, fmt::format("{} is not a journal record", document.source().path));
  Fields fields(*document.root(), document.source().path);
  const std::string format = fields.text("format");
  if (format != "journal/v1")
    return fail(ErrorCode::invalid, fmt::format("journal record of format `{}`, this mops reads `journal/v1`", format), "use a newer mops");
  JournalRecord record;
  record.id = fields.text("id");
  record.kind = fields.text("kind") == "rollback" ? SwitchKind::rollback : SwitchKind::promote;
  record.platform = fields.text("platform");
  record.stage = fields.text("stage");
  record.model = fields.text("model");
  record.number = fields.count("number");
  if (const Node* from = fields.need("from"); from != nullptr && from->kind != document::NodeKind::null) record.from = read_label(*from, fields);
  if (const Node* to = fields.need("to")) record.to = read_label(*to, fields);
  record.certificate = fields.optional_digest("certificate");
  record.configuration = fields.digest("configuration");
  record.reason = fields.text("reason");
  if (const Node* actor = fields.need("actor")) {
    for (auto [key, part] : {std::pair("name", &record.actor.name), std::pair("uid", &record.actor.uid), std::pair("host", &record.actor.host)}) {
      const Node* node = actor->find(key);
      if (node == nullptr) fields.complain(key);
      else *part = read_part(*node, fields);
    }
  }
  record.mops_version = fields.text("mops_version");
  record.requested = fields.time("requested");
  record.switched = fields.time("switched");
  record.requests = fields.count("requests");
  record.failed = fields.count("failed");
  record.previous = fields.optional_digest("previous");
  if (!fields.problem().empty()) return fail(ErrorCode::invalid, fields.problem());
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
