#pragma once

#include "target/target.h"

#include <chrono>
#include <condition_variable>
#include <functional>
#include <list>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>

namespace mops::platform {

struct PreparationPauses {
  std::chrono::milliseconds first{1'000};  ///< before it is tried again; doubles
  std::chrono::milliseconds longest{60'000};
};

/// What must be done before a kept version can be started: its files verified, its environment made. Each in a thread of its
/// own, so that one that takes minutes, or never succeeds, holds up no other; what fails is tried again with growing pauses.
/// Threads: any.
class Preparations {
 public:
  using Work = std::function<Result<target::VersionSpec>(std::stop_token)>;
  /// Told of each attempt, from its thread; must not call `begin`, `drop` or `end`. May come once more after `drop`.
  using OnAttempt = std::function<void(const std::string& key, Result<target::VersionSpec> outcome)>;

  explicit Preparations(OnAttempt on_attempt, PreparationPauses pauses = {}) : on_attempt_(std::move(on_attempt)), pauses_(pauses) {}
  ~Preparations() { end(); }

  /// Works until it succeeds or is dropped. Work on the same key is dropped first.
  void begin(const std::string& key, Work work);
  /// Asks it to stop, and does not wait for that. No such key: nothing happens.
  void drop(const std::string& key);
  /// Asks all to stop, and returns when they have; later ones are not begun.
  void end();

 private:
  struct Task {
    std::string key;
    bool is_finished = false;
    std::jthread thread = {};
  };
  void run(Task& task, const Work& work, const std::stop_token& stop);

  OnAttempt on_attempt_;
  PreparationPauses pauses_;
  std::mutex mutex_;
  std::condition_variable_any stopped_;
  std::list<Task> tasks_;
  bool is_ended_ = false;
};

}  // namespace mops::platform
