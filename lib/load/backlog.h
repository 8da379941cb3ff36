#pragma once

#include "base/clock.h"
#include "load/schedule.h"

#include <deque>

namespace mops::load {

/// The requests of an open loop that are due and not yet sent. They are the part of the schedule between two places, so they
/// take no memory however many they are, but for those that we looked at late (at most one entry in k_excuse).
class Backlog {
 public:
  /// Whoever is looked at later than this after its start may be excused.
  static constexpr std::chrono::microseconds k_excuse{200};

  struct Entry {
    SteadyTime intended;
    SteadyTime counts_from;  ///< `intended`, unless excused
    bool waited = false;     ///< it was in the backlog at the last `settle`
  };

  Backlog(const Schedule& schedule, SteadyTime begin) : begin_(begin), arriving_(schedule), leaving_(schedule) {}

  /// The intended start of the next one to join.
  [[nodiscard]] SteadyTime next_arrival() const { return begin_ + arriving_.next(); }
  void arrive();
  /// It joins late by our own fault: there was a connection for it at its time. Counts from `noticed`.
  void arrive_excused(SteadyTime noticed);
  /// Those that are still here have found no connection.
  void settle() { waited_ = size(); }

  [[nodiscard]] uint64_t size() const { return arrived_ - left_; }
  [[nodiscard]] bool empty() const { return arrived_ == left_; }
  /// The one that has been here longest. Requires one.
  [[nodiscard]] Entry front();
  void pop();

 private:
  /// Requests [first, end), looked at together.
  struct Excused {
    uint64_t first = 0;
    uint64_t end = 0;
    SteadyTime noticed;
  };

  SteadyTime begin_;
  Schedule arriving_;
  Schedule leaving_;
  uint64_t arrived_ = 0;
  uint64_t left_ = 0;
  uint64_t waited_ = 0;
  std::deque<Excused> excused_;
};

}  // namespace mops::load
