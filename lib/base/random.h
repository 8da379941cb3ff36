#pragma once

#include "base/clock.h"

#include <cstdint>
#include <span>
#include <string>

namespace mops {

/// Unpredictable bytes. The real source is getrandom; tests/fakes has a counting one.
class Random {
 public:
  virtual ~Random() = default;
  virtual void fill(std::span<uint8_t> bytes) = 0;
};

class RealRandom final : public Random {
 public:
  void fill(std::span<uint8_t> bytes) override;
};

/// A ULID (github.com/ulid/spec): 48 bits of milliseconds, 80 random bits, 26 characters that sort by time.
std::string make_ulid(SystemTime time, Random& random);

}  // namespace mops
