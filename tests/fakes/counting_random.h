#pragma once

#include "base/random.h"

namespace mops::fakes {

/// 0, 1, 2, … : every value differs from the last, every run is the same.
class CountingRandom final : public Random {
 public:
  void fill(std::span<uint8_t> bytes) override {
    for (uint8_t& byte : bytes) byte = next_++;
  }

 private:
  uint8_t next_ = 0;
};

}  // namespace mops::fakes
