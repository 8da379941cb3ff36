#pragma once

#include <cstdint>

namespace mops::stats {

/// SplitMix64 (Steele, Lea and Flood 2014): the same numbers from the same seed on every machine, unlike what the standard
/// library's distributions draw.
class Generator {
 public:
  explicit Generator(uint64_t seed) : state_(seed) {}

  /// 64 random bits.
  uint64_t next() {
    state_ += 0x9E3779B97F4A7C15ULL;
    uint64_t mixed = state_;
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9ULL;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBULL;
    return mixed ^ (mixed >> 31);
  }
  /// A multiple of 2^-53 in [0, 1).
  double uniform() { return static_cast<double>(next() >> 11) * 0x1p-53; }

 private:
  uint64_t state_;
};

}  // namespace mops::stats
