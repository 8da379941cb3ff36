#pragma once

#include "base/file_system.h"
#include "base/result.h"
#include "platform/journal.h"
#include "target/target.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mops::platform {

/// A version that runs, as it must be known again after a crash of the platform. `key` names what it is for (route_key).
struct InstanceRow {
  std::string key;
  target::Instance instance;
};

/// A model's name is bound to one repository at its first promotion.
struct Binding {
  std::string model;
  std::string root_commit;
  std::string folder;
  std::string repository;    ///< where it was last seen on this machine: a hint for `mops push`
};

/// What the platform must not forget: SQLite (WAL, synchronous=FULL) in one file. Every call is one transaction; when it
/// returns, the disk has it. Threads: one call at a time. The wall to SQLite is state.cpp.
class State {
 public:
  /// Makes the file where there is none. Errors: outside (disk), invalid (a newer format, or not ours).
  static Result<State> open(const Path& file);
  State(State&&) noexcept;
  State& operator=(State&&) noexcept;
  ~State();

  /// The platform's id: made on first use from `fresh_id`.
  Result<std::string> platform_id(const std::string& fresh_id);

  /// Appends; sets `number` and `previous` of the record and returns it as stored.
  Result<JournalRecord> append(JournalRecord record);
  /// All records, oldest first; of one model and stage where they are given.
  Result<std::vector<JournalRecord>> journal(const std::optional<std::string>& model = {}, const std::optional<std::string>& stage = {});

  Result<void> put_instance(const InstanceRow& row);
  Result<void> remove_instance(const std::string& key);
  Result<std::vector<InstanceRow>> instances();

  Result<void> put_binding(const Binding& binding);
  Result<std::optional<Binding>> binding(const std::string& model);

 private:
  struct Database;
  explicit State(std::unique_ptr<Database> database);
  std::unique_ptr<Database> database_;
};

}  // namespace mops::platform
