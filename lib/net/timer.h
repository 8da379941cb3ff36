#pragma once

#include "base/clock.h"

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>

namespace mops::net {

class TimerWheel;

/// One point in time to be called at; belongs to one thread. Arming again moves it; the destructor disarms.
class Timer {
 public:
  explicit Timer(std::function<void()> callback) : callback_(std::move(callback)) {}
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;
  ~Timer() { disarm(); }

  void disarm();
  [[nodiscard]] bool armed() const { return wheel_ != nullptr; }

 private:
  friend class TimerWheel;
  std::function<void()> callback_;
  TimerWheel* wheel_ = nullptr;
  Timer* next_ = nullptr;
  Timer** link_ = nullptr;
  uint64_t tick_ = 0;
};

/// Hashed timing wheel (Varghese and Lauck 1987, scheme 6): arming and disarming cost a few writes and no system call.
/// Timers fire up to one tick late, never early.
class TimerWheel {
 public:
  static constexpr std::chrono::milliseconds k_tick{4};

  explicit TimerWheel(SteadyTime start) : start_(start) {}
  TimerWheel(const TimerWheel&) = delete;
  TimerWheel& operator=(const TimerWheel&) = delete;
  ~TimerWheel();

  void arm(Timer& timer, SteadyTime at);
  /// Calls what is due. Callbacks may arm, disarm and destroy any timer.
  void advance(SteadyTime now);
  /// How long nothing is due for sure; nullopt: no timer at all.
  [[nodiscard]] std::optional<std::chrono::milliseconds> idle_for(SteadyTime now);

 private:
  friend class Timer;
  static constexpr size_t k_slots = 2048;
  [[nodiscard]] uint64_t tick_of(SteadyTime at) const;
  static void link(Timer*& head, Timer& timer);
  static void unlink(Timer& timer);

  SteadyTime start_;
  uint64_t done_ = 0;  ///< every tick up to this one has been worked off
  /// No slot before that of this tick holds a timer. So `idle_for` looks at each slot once a turn of the wheel, not each time.
  uint64_t empty_before_ = 0;
  size_t armed_ = 0;
  std::array<Timer*, k_slots> slots_{};
};

}  // namespace mops::net
