#include "stats/class_ranking.h"

#include "stats/order.h"

namespace mops::stats {

Result<ClassRanking> ClassRanking::of(std::span<const uint32_t> truth, const ClassScores& scores, std::span<const double> weights) {
  const auto weight = [&](size_t row) { return weights.empty() ? 1.0 : weights[row]; };
  ClassRanking ranking(scores.classes.size());
  ranking.count_classes(truth, weight);
  for (size_t k = 0; k < scores.classes.size(); ++k)
    if (ranking.in_truth_[k] == 0) return fail(ErrorCode::invalid, fmt::format("the truth has no `{}`", scores.classes[k]));
  for (size_t k = 0; k < scores.classes.size(); ++k) ranking.rank(k, scores.columns[k], rising_order(scores.columns[k]), truth, weight);
  return ranking;
}

std::optional<double> ClassRanking::one_against_rest(Average average) const {
  double all = 0;
  for (const double rows : in_truth_) all += rows;
  double sum = 0;
  for (size_t by = 0; by < classes_; ++by) {
    if (average == Average::weighted && in_truth_[by] == 0) continue;
    double won_of_rest = 0;
    double rest = 0;
    for (size_t against = 0; against < classes_; ++against) {
      if (against == by) continue;
      won_of_rest += won(by, against);
      rest += in_truth_[against];
    }
    if (in_truth_[by] == 0 || rest == 0) return std::nullopt;
    const double area = won_of_rest / in_truth_[by] / rest;
    sum += average == Average::weighted ? area * in_truth_[by] : area;
  }
  return average == Average::weighted ? sum / all : sum / static_cast<double>(classes_);
}

std::optional<double> ClassRanking::one_against_one(Average average) const {
  double sum = 0;
  double pairs = 0;
  for (size_t a = 0; a < classes_; ++a) {
    for (size_t b = a + 1; b < classes_; ++b) {
      if (in_truth_[a] == 0 || in_truth_[b] == 0) continue;
      const double area = (won(a, b) + won(b, a)) / 2 / in_truth_[a] / in_truth_[b];
      const double weight = average == Average::weighted ? in_truth_[a] + in_truth_[b] : 1;
      sum += area * weight;
      pairs += weight;
    }
  }
  if (pairs == 0) return std::nullopt;
  return sum / pairs;
}

}  // namespace mops::stats
