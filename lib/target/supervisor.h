#pragma once

#include "base/clock.h"
#include "target/target.h"

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace mops::target {

/// `preparing`: does not run, and it is not known yet how it is started. `broken`: the same, and what is in the way is known.
/// `starting`: runs, has not answered yet. `unready`: was ready, two probes in a row failed. `waiting`: ended, will be
/// started again after a pause.
enum class InstanceState { preparing, broken, starting, ready, unready, waiting };

std::string_view to_string(InstanceState state);

/// Something to tell the platform about one supervised version. `instance` is the one that runs, or ran last.
struct StateChange {
  std::string key;
  InstanceState state = InstanceState::starting;
  Instance instance;
  std::optional<Error> error = {};  ///< why it ended, or why a start failed; of one that runs: why it could not be started again
  uint32_t restarts = 0;            ///< since it was added
};

struct SupervisorTimes {
  std::chrono::milliseconds probe_interval{1'000};
  std::chrono::milliseconds starting_probe_interval{100};
  std::chrono::milliseconds watch_interval{100};     ///< how often it is looked whether an instance has ended
  std::chrono::milliseconds first_pause{500};        ///< before a restart; doubles
  std::chrono::milliseconds longest_pause{30'000};
  std::chrono::milliseconds steady_after{60'000};    ///< up for so long: the next pause is the first again
  std::chrono::milliseconds stop_grace{5'000};       ///< for one that did not become ready in time
  uint32_t probe_failures = 2;                       ///< in a row make a ready instance unready
};

/// Keeps versions running: starts again what ended, with growing pauses, and probes what is ready. `on_change` is called
/// from the thread that steps, without a lock held; it may call `add` and `remove`.
/// Threads: one steps (or is in `run`); the other calls may come from any.
class Supervisor {
 public:
  using OnChange = std::function<void(const StateChange&)>;
  Supervisor(Target& target, Clock& clock, OnChange on_change, SupervisorTimes times = {});

  /// Supervises a running instance. A key that is there is replaced (its instance is not stopped).
  void add(std::string key, VersionSpec spec, Instance running, InstanceState state = InstanceState::ready);
  /// Supervises a version that is not running: it is started at the next step.
  void add_stopped(std::string key, VersionSpec spec);
  /// Supervises a version of which is not known yet how it is started: what runs of it is watched and probed like any other,
  /// what does not run waits for `provide`.
  void add_unprepared(std::string key, std::optional<Instance> running);
  /// How an unprepared version is started from now on. No such key, or prepared already: nothing happens.
  void provide(const std::string& key, VersionSpec spec);
  /// What is in the way of an unprepared version; it stays so until `provide`. No such key, or prepared: nothing happens.
  void obstruct(const std::string& key, Error error);
  /// Forgets it, and returns the instance that runs, for the caller to stop. nullopt: none runs, or no such key.
  std::optional<Instance> remove(const std::string& key);

  /// The present state of all, by key.
  [[nodiscard]] std::vector<StateChange> states() const;

  /// Does what is due and returns when the next thing will be.
  SteadyTime step(std::stop_token stop);
  /// Steps until `stop`. Uses real time for waiting.
  void run(std::stop_token stop);

 private:
  struct Watched;
  using WatchedPointer = std::shared_ptr<Watched>;
  void watch(Watched watched);
  void put(WatchedPointer watched);
  static StateChange told(const Watched& watched);
  std::vector<WatchedPointer> due(SteadyTime now);
  bool holds(const WatchedPointer& watched) const;
  void look_after(const WatchedPointer& watched, const std::stop_token& stop);
  void start(const WatchedPointer& watched);
  void probe(const WatchedPointer& watched, const std::stop_token& stop);
  void took_down(const WatchedPointer& watched, Error error);
  void change(const WatchedPointer& watched, InstanceState state, std::optional<Error> error = {});

  Target& target_;
  Clock& clock_;
  OnChange on_change_;
  SupervisorTimes times_;
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::map<std::string, WatchedPointer> watched_;
  uint64_t additions_ = 0;  ///< wakes `run`
};

}  // namespace mops::target
