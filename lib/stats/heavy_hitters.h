#pragma once

#include "base/result.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mops::stats {

/// The most frequent of any number of texts, in the memory of a few (SpaceSaving: Metwally, Agrawal, El Abbadi 2005; merged as by
/// Cafaro, Pulimeno, Tempesta 2016). Every text that is more than the `most`-th part of all is there. As long as there were no more than `most` different ones,
/// counts are exact. Texts beyond 64 bytes are told apart by their begin, cut between characters of UTF-8. Not synchronised.
class HeavyHitters {
 public:
  static constexpr size_t k_most = 32;
  static constexpr size_t k_longest = 64;

  /// `most` >= 1.
  explicit HeavyHitters(size_t most = k_most) : most_(most) {}

  struct Counted {
    std::string text;
    uint64_t count = 0;   ///< never less than how often it came
    uint64_t excess = 0;  ///< at most so many too much

    bool operator==(const Counted&) const = default;
  };

  void add(std::string_view text);
  /// As if all that `other` counted had been added.
  void merge(const HeavyHitters& other);

  [[nodiscard]] uint64_t count() const { return count_; }
  /// Whether every text that came is there, and its count exact.
  [[nodiscard]] bool is_complete() const { return !left_out_; }
  /// The most frequent first, equal ones in byte order.
  [[nodiscard]] std::vector<Counted> top() const;

  /// A summary that answers as the one whose `top`, `count` and `is_complete` these were. Error: invalid, when there is none.
  static Result<HeavyHitters> of(std::vector<Counted> top, uint64_t count, bool is_complete, size_t most = k_most);

 private:
  [[nodiscard]] uint64_t least() const;

  size_t most_;
  std::vector<Counted> counted_;  ///< no text twice
  uint64_t count_ = 0;
  bool left_out_ = false;
};

}  // namespace mops::stats
