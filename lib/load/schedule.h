#pragma once

#include "stats/generator.h"

#include <chrono>
#include <cstdint>

namespace mops::load {

/// How the starts of requests lie in time under a rate: evenly, or as independent clients would send (exponential gaps).
enum class Arrivals { constant, poisson };

/// The intended starts of requests, one after the other, from 0 on. The same seed gives the same starts on every machine.
class Schedule {
 public:
  /// Requires a finite rate above 0.
  Schedule(double rate_per_second, Arrivals arrivals, uint64_t seed);

  /// The start that is to come next.
  [[nodiscard]] std::chrono::nanoseconds next() const { return next_; }
  void advance();

 private:
  double rate_per_second_;
  Arrivals arrivals_;
  stats::Generator generator_;
  uint64_t count_ = 0;
  double seconds_ = 0;
  std::chrono::nanoseconds next_{0};
};

}  // namespace mops::load
