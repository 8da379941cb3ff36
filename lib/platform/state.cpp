#include "platform/state.h"

#include <sqlite3.h>

namespace mops::platform {
namespace {

constexpr int k_schema_version = 2;

constexpr const char* k_schema = R"sql(
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE journal (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT, model TEXT NOT NULL, stage TEXT NOT NULL, number INTEGER NOT NULL,
  record TEXT NOT NULL, UNIQUE (model, stage, number)) STRICT;
CREATE TRIGGER journal_is_append_only_replace BEFORE INSERT ON journal
  WHEN EXISTS (SELECT 1 FROM journal WHERE sequence = NEW.sequence OR (model = NEW.model AND stage = NEW.stage AND number = NEW.number))
  BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER journal_is_append_only_update BEFORE UPDATE ON journal BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER journal_is_append_only_delete BEFORE DELETE ON journal BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TABLE instance (key TEXT PRIMARY KEY, instance TEXT NOT NULL) STRICT;
CREATE TABLE binding (model TEXT PRIMARY KEY, root_commit TEXT NOT NULL, folder TEXT NOT NULL, repository TEXT NOT NULL) STRICT;
)sql";

/// What format 2 added. `journal_head` of meta is the digest of the last record: the chain alone does not tell when its end is
/// changed or removed.
constexpr const char* k_since_version_2 = R"sql(
CREATE TABLE version (payload TEXT PRIMARY KEY, manifest TEXT NOT NULL, certificate TEXT NOT NULL, public_key TEXT NOT NULL) STRICT;
CREATE TABLE acknowledgement (fault TEXT PRIMARY KEY, reason TEXT NOT NULL, actor TEXT NOT NULL, time TEXT NOT NULL) STRICT;
PRAGMA user_version = 2;
)sql";

}  // namespace

struct State::Database {
  sqlite3* handle = nullptr;
  Path file;
  ~Database() { sqlite3_close(handle); }

  Error error(std::string_view what) const {
    const int code = sqlite3_errcode(handle);
    const bool full = (code & 0xFF) == SQLITE_FULL;
    const bool damaged = (code & 0xFF) == SQLITE_CORRUPT;
    return {.code = ErrorCode::outside,
            .message = fmt::format("cannot {} in `{}`: {}", what, file.string(), full ? "no space left on device" : sqlite3_errmsg(handle)),
            .help = full ? "free some disk space, then run the same command again" : damaged ? "restore the state folder from a copy" : ""};
  }

  /// Keeps what there is beside it, as `platform.sqlite.format-1`.
  Result<void> copy_as_of(int version);
  Result<void> bring_up_from(int version);
  Result<std::optional<Digest>> journal_head();
  Result<void> set_journal_head(const Digest& digest);
  Result<std::vector<JournalRow>> journal_rows(const std::optional<std::string>& model, const std::optional<std::string>& stage);

  Result<void> execute(const char* sql, std::string_view what) {
    if (sqlite3_exec(handle, sql, nullptr, nullptr, nullptr) == SQLITE_OK) return {};
    return fail(error(what));
  }
};

namespace {

/// One prepared statement; values are bound and read in order.
class Statement {
 public:
  Statement(sqlite3* handle, const char* sql) { sqlite3_prepare_v2(handle, sql, -1, &statement_, nullptr); }
  ~Statement() { sqlite3_finalize(statement_); }
  Statement(const Statement&) = delete;

  Statement& bind(const std::string& text) {
    sqlite3_bind_text(statement_, ++bound_, text.c_str(), static_cast<int>(text.size()), SQLITE_TRANSIENT);
    return *this;
  }
  Statement& bind(int64_t number) {
    sqlite3_bind_int64(statement_, ++bound_, number);
    return *this;
  }
  Statement& bind(const std::optional<std::string>& text) {
    if (text) return bind(*text);
    sqlite3_bind_null(statement_, ++bound_);
    return *this;
  }
  bool row() { return sqlite3_step(statement_) == SQLITE_ROW; }
  bool done() { return sqlite3_step(statement_) == SQLITE_DONE; }
  std::string text(int column) const {
    const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
    return bytes == nullptr ? std::string() : std::string(bytes, static_cast<size_t>(sqlite3_column_bytes(statement_, column)));
  }
  int64_t number(int column) const { return sqlite3_column_int64(statement_, column); }
  bool finished_well(sqlite3* handle) const { return sqlite3_errcode(handle) == SQLITE_DONE; }

 private:
  sqlite3_stmt* statement_ = nullptr;
  int bound_ = 0;
};

/// Rolls back unless committed.
class Transaction {
 public:
  explicit Transaction(sqlite3* handle) : handle_(handle) { open_ = sqlite3_exec(handle_, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr) == SQLITE_OK; }
  ~Transaction() {
    if (open_) sqlite3_exec(handle_, "ROLLBACK", nullptr, nullptr, nullptr);
  }
  [[nodiscard]] bool is_open() const { return open_; }
  bool commit() {
    const bool committed = sqlite3_exec(handle_, "COMMIT", nullptr, nullptr, nullptr) == SQLITE_OK;
    if (committed) open_ = false;
    return committed;
  }

 private:
  sqlite3* handle_;
  bool open_ = false;
};

Error not_ours(const Path& file) {
  return {.code = ErrorCode::invalid, .message = fmt::format("`{}` is not the state of a platform", file.string()),
          .help = "restore the state folder from a copy, or choose another one with `--state DIR`"};
}

}  // namespace

Result<std::optional<Digest>> State::Database::journal_head() {
  Statement select(handle, "SELECT value FROM meta WHERE key = 'journal_head'");
  if (!select.row()) {
    if (!select.finished_well(handle)) return fail(error("read the journal"));
    return std::optional<Digest>();
  }
  // One that is no digest is as good as none: the chain then does not fit.
  const auto head = Digest::parse(select.text(0));
  return head ? std::optional(*head) : std::nullopt;
}

Result<void> State::Database::set_journal_head(const Digest& digest) {
  Statement insert(handle, "INSERT OR REPLACE INTO meta (key, value) VALUES ('journal_head', ?)");
  if (!insert.bind(digest.hex()).done()) return fail(error("write the journal"));
  return {};
}

Result<std::vector<JournalRow>> State::Database::journal_rows(const std::optional<std::string>& model, const std::optional<std::string>& stage) {
  Statement select(handle,
                   "SELECT sequence, model, stage, number, record FROM journal WHERE (?1 IS NULL OR model = ?1) AND (?2 IS NULL OR stage = ?2) ORDER BY sequence");
  select.bind(model).bind(stage);
  std::vector<JournalRow> rows;
  while (select.row())
    rows.push_back({.sequence = select.number(0), .model = select.text(1), .stage = select.text(2), .number = static_cast<uint64_t>(select.number(3)), .text = select.text(4)});
  if (!select.finished_well(handle)) return fail(error("read the journal"));
  return rows;
}

Result<void> State::Database::copy_as_of(int version) {
  const std::string copy = fmt::format("{}.format-{}", file.string(), version);
  // Of an attempt that was killed; VACUUM INTO refuses what is there.
  std::error_code ignored;
  std::filesystem::remove(copy, ignored);
  Statement vacuum(handle, "VACUUM INTO ?");
  if (!vacuum.bind(copy).done()) return fail(error("copy the state"));
  return {};
}

Result<void> State::Database::bring_up_from(int version) {
  Transaction transaction(handle);
  if (!transaction.is_open()) return fail(error("create the state"));
  if (version < 1) MOPS_TRY(execute(k_schema, "create the state"));
  MOPS_TRY(execute(k_since_version_2, "create the state"));
  MOPS_ASSIGN(const std::vector<JournalRow> rows, journal_rows({}, {}));
  if (!rows.empty()) {
    // The last record was not remembered so far: what there is now counts as such.
    if (const auto last = record_of(rows.back())) MOPS_TRY(set_journal_head(digest_of(*last)));
  }
  if (!transaction.commit()) return fail(error("create the state"));
  return {};
}

State::State(std::unique_ptr<Database> database) : database_(std::move(database)) {}
State::State(State&&) noexcept = default;
State& State::operator=(State&&) noexcept = default;
State::~State() = default;

Result<State> State::open(const Path& file) {
  auto database = std::make_unique<Database>();
  database->file = file;
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
  if (sqlite3_open_v2(file.c_str(), &database->handle, flags, nullptr) != SQLITE_OK) return fail(database->error("open the state"));
  sqlite3_busy_timeout(database->handle, 5000);
  if (auto prepared = database->execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;", "prepare the state"); !prepared) {
    if ((sqlite3_errcode(database->handle) & 0xFF) == SQLITE_NOTADB) return fail(not_ours(file));
    return fail(std::move(prepared).error());
  }
  int version = 0;
  bool is_empty = false;
  {
    Statement read(database->handle, "PRAGMA user_version");
    if (!read.row()) return fail(database->error("read the state"));
    version = static_cast<int>(read.number(0));
    Statement tables(database->handle, "SELECT COUNT(*) FROM sqlite_master");
    if (!tables.row()) return fail(database->error("read the state"));
    is_empty = tables.number(0) == 0;
  }
  if (version > k_schema_version)
    return fail(ErrorCode::invalid, fmt::format("`{}` has format {}, this mops knows {}", file.string(), version, k_schema_version),
                "use the newer mops that wrote it");
  if (version == 0 && !is_empty) return fail(not_ours(file));
  if (version > 0 && version < k_schema_version) MOPS_TRY(database->copy_as_of(version));
  if (version < k_schema_version) MOPS_TRY(database->bring_up_from(version));
  return State(std::move(database));
}

Result<std::string> State::platform_id(const std::string& fresh_id) {
  Statement insert(database_->handle, "INSERT OR IGNORE INTO meta (key, value) VALUES ('platform', ?)");
  if (!insert.bind(fresh_id).done()) return fail(database_->error("write the platform's id"));
  Statement select(database_->handle, "SELECT value FROM meta WHERE key = 'platform'");
  if (!select.row()) return fail(database_->error("read the platform's id"));
  return select.text(0);
}

Result<JournalRecord> State::append(JournalRecord record, const std::optional<Brought>& brought) {
  Transaction transaction(database_->handle);
  if (!transaction.is_open()) return fail(database_->error("write the journal"));
  {
    MOPS_ASSIGN(record.previous, database_->journal_head());
    Statement highest(database_->handle, "SELECT COALESCE(MAX(number), 0) FROM journal WHERE model = ? AND stage = ?");
    highest.bind(record.model).bind(record.stage);
    if (!highest.row()) return fail(database_->error("read the journal"));
    record.number = static_cast<uint64_t>(highest.number(0)) + 1;
    const JournalRow row{.model = record.model, .stage = record.stage, .number = record.number, .text = to_json(to_value(record))};
    MOPS_ASSIGN(record, record_of(row));
    Statement insert(database_->handle, "INSERT INTO journal (model, stage, number, record) VALUES (?, ?, ?, ?)");
    insert.bind(row.model).bind(row.stage).bind(static_cast<int64_t>(row.number)).bind(row.text);
    if (!insert.done()) return fail(database_->error("write the journal"));
    MOPS_TRY(database_->set_journal_head(digest_of(record)));
  }
  if (brought) {
    const Binding& binding = brought->binding;
    Statement bind(database_->handle, "INSERT OR REPLACE INTO binding (model, root_commit, folder, repository) VALUES (?, ?, ?, ?)");
    bind.bind(binding.model).bind(binding.root_commit).bind(binding.folder).bind(binding.repository);
    if (!bind.done()) return fail(database_->error("write a binding"));
    const VersionTexts& texts = brought->texts;
    Statement keep(database_->handle, "INSERT OR REPLACE INTO version (payload, manifest, certificate, public_key) VALUES (?, ?, ?, ?)");
    keep.bind(record.to.payload.hex()).bind(texts.manifest).bind(texts.certificate).bind(texts.public_key);
    if (!keep.done()) return fail(database_->error("write a version"));
  }
  if (!transaction.commit()) return fail(database_->error("write the journal"));
  return record;
}

Result<std::vector<JournalRecord>> State::journal(const std::optional<std::string>& model, const std::optional<std::string>& stage) {
  MOPS_ASSIGN(const std::vector<JournalRow> rows, database_->journal_rows(model, stage));
  std::vector<JournalRecord> records;
  for (const JournalRow& row : rows)
    if (auto record = record_of(row)) records.push_back(std::move(*record));
  return records;
}

Result<std::vector<JournalFault>> State::journal_faults() {
  MOPS_ASSIGN(const std::vector<JournalRow> rows, database_->journal_rows({}, {}));
  MOPS_ASSIGN(const std::optional<Digest> head, database_->journal_head());
  std::vector<JournalFault> faults = verify_chain(rows, head);
  for (JournalFault& fault : faults) {
    Statement select(database_->handle, "SELECT reason, actor, time FROM acknowledgement WHERE fault = ?");
    select.bind(fault.id);
    if (select.row()) fault.acknowledged = Acknowledgement{.reason = select.text(0), .actor = select.text(1), .time = parse_time(select.text(2)).value_or(SystemTime{})};
    else if (!select.finished_well(database_->handle)) return fail(database_->error("read the journal"));
  }
  return faults;
}

Result<void> State::acknowledge(std::span<const std::string> faults, const Acknowledgement& acknowledgement) {
  Transaction transaction(database_->handle);
  if (!transaction.is_open()) return fail(database_->error("write an acknowledgement"));
  for (const std::string& fault : faults) {
    Statement insert(database_->handle, "INSERT OR IGNORE INTO acknowledgement (fault, reason, actor, time) VALUES (?, ?, ?, ?)");
    insert.bind(fault).bind(acknowledgement.reason).bind(acknowledgement.actor).bind(to_rfc3339(acknowledgement.time));
    if (!insert.done()) return fail(database_->error("write an acknowledgement"));
  }
  if (!transaction.commit()) return fail(database_->error("write an acknowledgement"));
  return {};
}

Result<void> State::put_instance(const InstanceRow& row) {
  Statement insert(database_->handle, "INSERT OR REPLACE INTO instance (key, instance) VALUES (?, ?)");
  if (!insert.bind(row.key).bind(to_json(target::to_value(row.instance))).done()) return fail(database_->error("write an instance"));
  return {};
}

Result<void> State::remove_instance(const std::string& key) {
  Statement remove(database_->handle, "DELETE FROM instance WHERE key = ?");
  if (!remove.bind(key).done()) return fail(database_->error("remove an instance"));
  return {};
}

Result<std::vector<InstanceRow>> State::instances() {
  Statement select(database_->handle, "SELECT key, instance FROM instance ORDER BY key");
  std::vector<InstanceRow> rows;
  while (select.row()) {
    const document::Document document = document::parse_json({.path = "instance", .text = select.text(1)});
    if (!document.is_sound()) continue;
    if (auto instance = target::read_instance(*document.root())) rows.push_back({.key = select.text(0), .instance = std::move(*instance)});
  }
  if (!select.finished_well(database_->handle)) return fail(database_->error("read the instances"));
  return rows;
}

Result<std::optional<Binding>> State::binding(const std::string& model) {
  Statement select(database_->handle, "SELECT model, root_commit, folder, repository FROM binding WHERE model = ?");
  select.bind(model);
  if (select.row()) return Binding{select.text(0), select.text(1), select.text(2), select.text(3)};
  if (!select.finished_well(database_->handle)) return fail(database_->error("read a binding"));
  return std::optional<Binding>();
}

Result<std::optional<VersionTexts>> State::version_texts(const Digest& payload) {
  Statement select(database_->handle, "SELECT manifest, certificate, public_key FROM version WHERE payload = ?");
  select.bind(payload.hex());
  if (select.row()) return VersionTexts{.manifest = select.text(0), .certificate = select.text(1), .public_key = select.text(2)};
  if (!select.finished_well(database_->handle)) return fail(database_->error("read a version"));
  return std::optional<VersionTexts>();
}

}  // namespace mops::platform
