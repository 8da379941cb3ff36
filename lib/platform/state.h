#pragma once

#include "base/file_system.h"
#include "base/result.h"
#include "platform/chain.h"
#include "platform/version_store.h"
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

/// What a promotion from a repository leaves besides its record.
struct Brought {
  Binding binding;
  VersionTexts texts;
};

/// What the platform must not forget: SQLite (WAL, synchronous=FULL) in one file. Every call is one transaction; when it
/// returns, the disk has it. Threads: one call at a time. The wall to SQLite is state.cpp.
class State {
 public:
  /// Makes the file where there is none, and brings one of the format before to the present one, after
  /// a copy. Errors: outside (disk), invalid (a newer format, or not ours).
  static Result<State> open(const Path& file);
  State(State&&) noexcept;
  State& operator=(State&&) noexcept;
  ~State();

  /// The platform's id: made on first use from `fresh_id`.
  Result<std::string> platform_id(const std::string& fresh_id);

  /// Appends; sets `number` and `previous` of the record and returns it as stored. What a promotion brings besides is written
  /// with it or not at all.
  Result<JournalRecord> append(JournalRecord record, const std::optional<Brought>& brought = {});
  /// The records that can be read, oldest first; of one model and stage where they are given.
  Result<std::vector<JournalRecord>> journal(const std::optional<std::string>& model = {}, const std::optional<std::string>& stage = {});
  /// Where the journal is not what was appended (verify_chain), with what was said to that.
  Result<std::vector<JournalFault>> journal_faults();
  Result<void> acknowledge(std::span<const std::string> faults, const Acknowledgement& acknowledgement);

  Result<void> put_instance(const InstanceRow& row);
  Result<void> remove_instance(const std::string& key);
  /// Those that can be read. One that cannot is found by its owner's mark, if it runs (Target::running).
  Result<std::vector<InstanceRow>> instances();

  Result<std::optional<Binding>> binding(const std::string& model);
  /// What the last promotion of a version brought; nullopt: what is in its folder counts.
  Result<std::optional<VersionTexts>> version_texts(const Digest& payload);

 private:
  struct Database;
  explicit State(std::unique_ptr<Database> database);
  std::unique_ptr<Database> database_;
};

}  // namespace mops::platform
