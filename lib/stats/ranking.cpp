#include "stats/classification.h"
#include "stats/input_check.h"
#include "stats/score_ranking.h"

namespace mops::stats {
namespace {

template <typename Scores>
Result<double> area_below_roc(const Scores& sorted) {
  if (sorted.positive() == 0 || sorted.negative() == 0) return fail(ErrorCode::invalid, "the truth has only one class");
  // Twice the pairs won, so that ties stay whole numbers.
  double won_twice = 0;
  double positive_above = 0;
  sorted.from_high_to_low([&](ScoreGroup group) {
    won_twice += group.negative * (2 * positive_above + group.positive);
    positive_above += group.positive;
  });
  return won_twice / 2 / sorted.positive() / sorted.negative();
}

template <typename Scores>
double precision_by_recall(const Scores& sorted) {
  if (sorted.positive() == 0) return 0.0;
  double sum = 0;
  double positive_above = 0;
  double above = 0;
  sorted.from_high_to_low([&](ScoreGroup group) {
    positive_above += group.positive;
    above += group.positive + group.negative;
    sum += group.positive * positive_above / above;
  });
  return sum / sorted.positive();
}

Result<void> check(std::span<const uint8_t> truth, std::span<const double> scores, std::span<const double> weights) {
  MOPS_TRY(check_rows(truth.size(), scores.size(), "scores"));
  MOPS_TRY(check_finite(scores, "scores"));
  return check_weights(truth.size(), weights);
}

}  // namespace

Result<RankingMetrics> measure_ranking(std::span<const uint8_t> truth, std::span<const double> scores, std::span<const double> weights) {
  MOPS_TRY(check(truth, scores, weights));
  if (weights.empty()) {
    const SortedScores sorted(truth, scores);
    return RankingMetrics{.roc_auc = area_below_roc(sorted), .average_precision = precision_by_recall(sorted)};
  }
  const WeightedScores sorted(truth, scores, weights);
  return RankingMetrics{.roc_auc = area_below_roc(sorted), .average_precision = precision_by_recall(sorted)};
}

Result<double> roc_auc(std::span<const uint8_t> truth, std::span<const double> scores, std::span<const double> weights) {
  MOPS_ASSIGN(RankingMetrics metrics, measure_ranking(truth, scores, weights));
  return metrics.roc_auc;
}

Result<double> average_precision(std::span<const uint8_t> truth, std::span<const double> scores, std::span<const double> weights) {
  MOPS_ASSIGN(const RankingMetrics metrics, measure_ranking(truth, scores, weights));
  return metrics.average_precision;
}

}  // namespace mops::stats
