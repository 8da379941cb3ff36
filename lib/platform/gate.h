#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "evidence/certificate.h"
#include "gateway/counters.h"
#include "platform/shift.h"

#include <deque>
#include <optional>

namespace mops::platform {

/// What a certificate says of a version that serves. Numbers that it does not have are 0 or absent: nothing is held against them.
struct Promise {
  double error_share = 0;                 ///< at most: the certified limit, else what was measured
  std::optional<double> p99_ms;           ///< at most: the certified limit, else 1.3 times what was measured
  double throughput_per_second = 0;       ///< of one instance, as certified: it did that, and may be able to do more
  std::optional<double> capacity_per_second = {};  ///< of one instance, as measured: it can do that, and not more
};

Promise promise_of(const evidence::Certificate& certificate);

/// Holds what a version does at one share of a shift against its promise, from its counters alone. Two exact binomial tests at
/// 0.001: that it fails no more often than promised, and that at most 1 % of its answers take longer than the promised p99. A
/// request that waits longer than that counts as slow before it ends, so that a version which never answers is seen.
class Gate {
 public:
  Gate(const Promise& promise, uint32_t share, gateway::VersionStats at_begin, SteadyTime begin)
      : promise_(promise), share_(share), begin_(begin), before_(std::move(at_begin)), now_(before_) {}

  /// Error: refused, when it does not keep its promise.
  Result<void> observe(const gateway::VersionStats& stats, SteadyTime time);
  /// That the version finished since the step began.
  [[nodiscard]] uint64_t requests() const;
  [[nodiscard]] ShiftStep seen() const;

 private:
  [[nodiscard]] uint64_t count_slow(SteadyTime time);

  /// How many requests had been begun at a time.
  struct Begun {
    SteadyTime time;
    uint64_t requests = 0;
  };

  Promise promise_;
  uint32_t share_;
  SteadyTime begin_;
  gateway::VersionStats before_;
  gateway::VersionStats now_;
  SteadyTime time_ = begin_;
  std::deque<Begun> begun_;
  uint64_t long_begun_ = 0;  ///< begun so long ago that the promised time is over
};

/// How many instances of a version are needed for requests at that rate, with 30 % to spare, by its capacity, else by its throughput. 1
/// when the promise has neither.
uint32_t instances_for(double rate_per_second, const Promise& promise);

}  // namespace mops::platform
