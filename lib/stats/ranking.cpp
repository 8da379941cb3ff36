#include "stats/classification.h"
#include "stats/input_check.h"
#include "stats/sorted_scores.h"

namespace mops::stats {

Result<double> roc_auc(std::span<const uint8_t> truth, std::span<const double> scores) {
  MOPS_TRY(check_rows(truth.size(), scores.size(), "scores"));
  MOPS_TRY(check_finite(scores, "scores"));
  const SortedScores sorted(truth, scores);
  if (sorted.positive() == 0 || sorted.negative() == 0) return fail(ErrorCode::invalid, "the truth has only one class");
  // Twice the pairs won, so that ties stay whole numbers.
  double won_twice = 0;
  uint64_t positive_above = 0;
  sorted.from_high_to_low([&](ScoreGroup group) {
    won_twice += static_cast<double>(group.negative) * static_cast<double>(2 * positive_above + group.positive);
    positive_above += group.positive;
  });
  return won_twice / 2 / static_cast<double>(sorted.positive()) / static_cast<double>(sorted.negative());
}

Result<double> average_precision(std::span<const uint8_t> truth, std::span<const double> scores) {
  MOPS_TRY(check_rows(truth.size(), scores.size(), "scores"));
  MOPS_TRY(check_finite(scores, "scores"));
  const SortedScores sorted(truth, scores);
  if (sorted.positive() == 0) return 0.0;
  double sum = 0;
  uint64_t positive_above = 0;
  uint64_t above = 0;
  sorted.from_high_to_low([&](ScoreGroup group) {
    positive_above += group.positive;
    above += group.positive + group.negative;
    sum += static_cast<double>(group.positive) * static_cast<double>(positive_above) / static_cast<double>(above);
  });
  return sum / static_cast<double>(sorted.positive());
}

}  // namespace mops::stats
