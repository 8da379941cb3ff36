#include "stats/curve.h"

#include "stats/input_check.h"
#include "stats/order.h"
#include "stats/sorted_scores.h"

#include <algorithm>

namespace mops::stats {
namespace {

/// Left out: what lies on the line between its neighbours; then, evenly, what is too many.
class Outline {
 public:
  explicit Outline(size_t most) : most_(std::max<size_t>(most, 3)) {}

  void add(CurvePoint point) {
    if (points_.size() >= 2 && is_straight(points_[points_.size() - 2], points_.back(), point)) points_.pop_back();
    points_.push_back(point);
  }

  [[nodiscard]] std::vector<CurvePoint> finish() && {
    if (points_.size() <= most_) return std::move(points_);
    std::vector<CurvePoint> kept;
    for (size_t i = 0; i < most_; ++i) kept.push_back(points_[i * (points_.size() - 1) / (most_ - 1)]);
    return kept;
  }

 private:
  static bool is_straight(CurvePoint a, CurvePoint b, CurvePoint c) { return (b.x - a.x) * (c.y - b.y) == (b.y - a.y) * (c.x - b.x); }

  size_t most_;
  std::vector<CurvePoint> points_;
};

Result<SortedScores> sorted_of_both_classes(std::span<const uint8_t> truth, std::span<const double> scores) {
  MOPS_TRY(check_rows(truth.size(), scores.size(), "scores"));
  MOPS_TRY(check_finite(scores, "scores"));
  SortedScores sorted(truth, scores);
  if (sorted.positive() == 0 || sorted.negative() == 0) return fail(ErrorCode::invalid, "the truth has only one class");
  return sorted;
}

}  // namespace

Result<std::vector<CurvePoint>> roc_curve(std::span<const uint8_t> truth, std::span<const double> scores, size_t most) {
  MOPS_ASSIGN(const SortedScores sorted, sorted_of_both_classes(truth, scores));
  Outline outline(most);
  outline.add({0, 0});
  uint64_t positive = 0;
  uint64_t negative = 0;
  sorted.from_high_to_low([&](const ScoreGroup& group) {
    positive += group.positive;
    negative += group.negative;
    outline.add({static_cast<double>(negative) / static_cast<double>(sorted.negative()), static_cast<double>(positive) / static_cast<double>(sorted.positive())});
  });
  return std::move(outline).finish();
}

Result<std::vector<CurvePoint>> precision_recall_curve(std::span<const uint8_t> truth, std::span<const double> scores, size_t most) {
  MOPS_ASSIGN(const SortedScores sorted, sorted_of_both_classes(truth, scores));
  Outline outline(most);
  uint64_t positive = 0;
  uint64_t all = 0;
  sorted.from_high_to_low([&](const ScoreGroup& group) {
    // As scikit-learn: once every positive row is in, more negative ones say nothing new.
    if (positive == sorted.positive()) return;
    positive += group.positive;
    all += group.positive + group.negative;
    outline.add({static_cast<double>(positive) / static_cast<double>(sorted.positive()), static_cast<double>(positive) / static_cast<double>(all)});
  });
  return std::move(outline).finish();
}

Result<std::vector<CalibrationBin>> calibration(std::span<const uint8_t> truth, std::span<const double> scores, size_t bins) {
  MOPS_TRY(check_rows(truth.size(), scores.size(), "scores"));
  MOPS_TRY(check_finite(scores, "scores"));
  const std::vector<uint32_t> order = rising_order(scores);
  std::vector<CalibrationBin> out;
  size_t at = 0;
  for (size_t bin = 1; bin <= bins && at < order.size(); ++bin) {
    size_t end = std::max(at + 1, order.size() * bin / bins);
    while (end < order.size() && scores[order[end]] == scores[order[end - 1]]) ++end;
    CalibrationBin& group = out.emplace_back();
    for (; at < end; ++at) {
      group.mean_score += scores[order[at]];
      group.positive_share += truth[order[at]] != 0 ? 1 : 0;
      ++group.rows;
    }
    group.mean_score /= static_cast<double>(group.rows);
    group.positive_share /= static_cast<double>(group.rows);
  }
  return out;
}

Result<std::vector<ResidualBand>> residual_bands(std::span<const double> truth, std::span<const double> predicted, size_t bands) {
  MOPS_TRY(check_rows(truth.size(), predicted.size(), "predictions"));
  MOPS_TRY(check_finite(truth, "truth"));
  MOPS_TRY(check_finite(predicted, "predictions"));
  const std::vector<uint32_t> order = rising_order(predicted);
  std::vector<ResidualBand> out;
  size_t at = 0;
  for (size_t band = 1; band <= bands && at < order.size(); ++band) {
    const size_t end = std::max(at + 1, order.size() * band / bands);
    std::vector<double> residuals;
    ResidualBand group;
    for (; at < end; ++at) {
      group.mean_prediction += predicted[order[at]];
      residuals.push_back(truth[order[at]] - predicted[order[at]]);
    }
    std::sort(residuals.begin(), residuals.end());
    group.rows = residuals.size();
    group.mean_prediction /= static_cast<double>(group.rows);
    group.low = percentile(residuals, 0.1);
    group.median = percentile(residuals, 0.5);
    group.high = percentile(residuals, 0.9);
    out.push_back(group);
  }
  return out;
}

}  // namespace mops::stats
