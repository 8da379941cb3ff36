#pragma once

#include "stats/sorted_scores.h"

#include <cstdint>
#include <span>
#include <vector>

namespace mops::stats {

/// Rows by score, from high to low. In each group of equal scores the positive rows come first, else in the order of the rows.
/// Scores are finite; -0 and 0 are one score. At most 2^32 - 1 rows.
class ScoreRanking {
 public:
  /// The places from `begin` to before `end` have one score; those before `negative` are positive rows.
  struct Group {
    uint32_t begin = 0;
    uint32_t negative = 0;
    uint32_t end = 0;
  };

  ScoreRanking(std::span<const uint8_t> truth, std::span<const double> scores);

  /// The row at each place.
  [[nodiscard]] std::span<const uint32_t> rows() const { return rows_; }
  [[nodiscard]] std::span<const Group> groups() const { return groups_; }

 private:
  std::vector<uint32_t> rows_;
  std::vector<Group> groups_;
};

/// The same groups as SortedScores has, with the weights of the rows instead of their number. Groups without weight are left out.
class WeightedScores {
 public:
  /// `weights`: one a row, not negative. It is borrowed.
  WeightedScores(std::span<const uint8_t> truth, std::span<const double> scores, std::span<const double> weights);

  [[nodiscard]] double positive() const { return positive_; }
  [[nodiscard]] double negative() const { return negative_; }

  /// Calls visit(ScoreGroup) for every distinct score, from high to low.
  template <typename Visit>
  void from_high_to_low(const Visit& visit) const {
    for (const ScoreRanking::Group& places : ranking_.groups()) {
      const ScoreGroup group{.positive = weight(places.begin, places.negative), .negative = weight(places.negative, places.end)};
      if (group.positive > 0 || group.negative > 0) visit(group);
    }
  }

 private:
  [[nodiscard]] double weight(uint32_t begin, uint32_t end) const {
    double sum = 0;
    for (uint32_t place = begin; place < end; ++place) sum += weights_[ranking_.rows()[place]];
    return sum;
  }

  ScoreRanking ranking_;
  std::span<const double> weights_;
  double positive_ = 0;
  double negative_ = 0;
};

}  // namespace mops::stats
