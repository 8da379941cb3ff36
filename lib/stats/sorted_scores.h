#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace mops::stats {

/// One score, and how many positive and negative rows have it (or the sums of their weights).
struct ScoreGroup {
  double positive = 0;
  double negative = 0;
};

/// Scores of the positive and of the negative rows, each sorted. Scores are finite; -0 and 0 are one score.
class SortedScores {
 public:
  SortedScores(std::span<const uint8_t> truth, std::span<const double> scores);

  [[nodiscard]] double positive() const { return static_cast<double>(positive_.size()); }
  [[nodiscard]] double negative() const { return static_cast<double>(negative_.size()); }

  /// Calls visit(ScoreGroup) for every distinct score, from high to low.
  template <typename Visit>
  void from_high_to_low(const Visit& visit) const {
    size_t positive = positive_.size();
    size_t negative = negative_.size();
    while (positive > 0 || negative > 0) {
      const bool by_positive = negative == 0 || (positive > 0 && positive_[positive - 1] >= negative_[negative - 1]);
      const uint64_t key = by_positive ? positive_[positive - 1] : negative_[negative - 1];
      const size_t positive_begin = positive;
      const size_t negative_begin = negative;
      while (positive > 0 && positive_[positive - 1] == key) --positive;
      while (negative > 0 && negative_[negative - 1] == key) --negative;
      visit(ScoreGroup{.positive = static_cast<double>(positive_begin - positive), .negative = static_cast<double>(negative_begin - negative)});
    }
  }

 private:
  std::vector<uint64_t> positive_;  ///< keys that order like the scores
  std::vector<uint64_t> negative_;
};

}  // namespace mops::stats
