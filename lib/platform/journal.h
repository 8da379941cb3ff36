#pragma once

#include "base/clock.h"
#include "base/digest.h"
#include "base/result.h"
#include "document/reader.h"
#include "document/value.h"
#include "model/version.h"
#include "platform/shift.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace mops::platform {

/// A drill goes to the standby and comes back: its record names the primary as `from` and as `to`.
enum class SwitchKind { promote, rollback, drill };
std::string_view to_string(SwitchKind kind);
/// Error: invalid.
Result<SwitchKind> parse_switch_kind(std::string_view text);

/// Whether what a promotion must pass under live requests (capacity, the steps of its shift) was asked for.
enum class Gates { held, skipped };

/// How long a rehearsed rollback took, from its request to the first answer of the other version.
struct DrillTimes {
  double there_ms = 0;
  double back_ms = 0;
};

/// Who says that something is so: the client (`asserted`), or the platform itself, which saw it (`verified`).
struct ActorPart {
  std::string value;
  enum class Standing { asserted, verified } standing = Standing::asserted;
};

struct Actor {
  ActorPart name;   ///< from git's user.name or $USER
  ActorPart uid;    ///< of the peer of the admin socket
  ActorPart host;
};

/// A version as the journal names it: the payload is its identity, the rest are labels.
struct VersionLabel {
  Digest payload;
  model::Version version;
  std::string commit;
  friend bool operator==(const VersionLabel& a, const VersionLabel& b) { return a.payload == b.payload; }
};

/// One promotion, rollback or drill, `journal/v1`. Written and fsynced before the route is swapped (of a drill: when it is back),
/// never changed afterwards.
struct JournalRecord {
  std::string id;                            ///< ULID: the identity of the record
  SwitchKind kind = SwitchKind::promote;
  std::string platform;
  std::string stage;
  std::string model;
  uint64_t number = 0;                       ///< GTO's number of the stage: 1, 2, … per model and stage
  std::optional<VersionLabel> from;          ///< absent for the first version
  VersionLabel to;
  std::optional<Digest> certificate;         ///< of `to`: sha256 of the envelope
  Digest configuration;                      ///< of the values that the stage set
  std::string reason;
  Actor actor;
  std::string mops_version;
  SystemTime requested{};
  SystemTime switched{};                     ///< when the record was written: the route follows at once
  uint64_t requests = 0;                     ///< answered by `from` since it became primary (this run of the platform)
  uint64_t failed = 0;                       ///< of those, with 5xx or no answer
  std::vector<ShiftStep> steps = {};         ///< of a promotion in steps
  Gates gates = Gates::held;
  std::optional<DrillTimes> drill = {};      ///< of a drill
  std::optional<Digest> previous;            ///< digest of the record before, of any model of this platform
};

/// The document that is stored and hashed.
document::Value to_value(const JournalRecord& record);
/// Strict: unknown format or kind, or a missing field, is an error (invalid).
Result<JournalRecord> read_record(const document::Document& document);
JournalRecord read_record(const document::Field& field);

document::Value to_value(const VersionLabel& label);
VersionLabel read_version_label(const document::Field& field);
/// sha256 of the canonical JSON of the record: what the next record names as `previous`.
Digest digest_of(const JournalRecord& record);

/// What a model's journal says about its route in one stage.
struct RouteHistory {
  std::optional<VersionLabel> primary;
  std::optional<VersionLabel> standby;       ///< where a rollback would go
  std::vector<VersionLabel> withdrawn;       ///< left by a rollback and not promoted since
  SystemTime since{};                        ///< of the present primary
  uint64_t switches = 0;                     ///< records, drills among them
};

/// Folds the records of one model and stage, oldest first. The rollback target is the last version promoted before the
/// present one that is not withdrawn.
RouteHistory fold(std::span<const JournalRecord> records);

}  // namespace mops::platform
