#include "stats/class_scores.h"

#include "stats/classification.h"
#include "stats/input_check.h"
#include "stats/weighted_mean.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace mops::stats {
namespace {

/// The weight of each class in the truth. Error: one has none.
Result<std::vector<double>> weights_of_classes(std::span<const uint32_t> truth, const ClassScores& scores, std::span<const double> weights) {
  std::vector<double> sums(scores.classes.size());
  for (size_t row = 0; row < truth.size(); ++row) sums[truth[row]] += weights.empty() ? 1.0 : weights[row];
  for (size_t k = 0; k < sums.size(); ++k) {
    if (sums[k] == 0) return fail(ErrorCode::invalid, fmt::format("the truth has no `{}`", scores.classes[k]));
  }
  return sums;
}

/// The area for rows of class `a` against rows of class `b` by the score of `a`.
Result<double> area_of_pair(std::span<const uint32_t> truth, std::span<const double> scores, uint32_t a, uint32_t b) {
  std::vector<uint8_t> is_a;
  std::vector<double> of_rows;
  for (size_t row = 0; row < truth.size(); ++row) {
    if (truth[row] != a && truth[row] != b) continue;
    is_a.push_back(truth[row] == a ? 1 : 0);
    of_rows.push_back(scores[row]);
  }
  return roc_auc(is_a, of_rows);
}

}  // namespace

Result<void> check_class_scores(std::span<const uint32_t> truth, const ClassScores& scores, std::span<const double> weights) {
  if (scores.empty()) return fail(ErrorCode::invalid, "there are no scores");
  for (size_t k = 0; k < scores.columns.size(); ++k) {
    const std::string what = fmt::format("scores of `{}`", scores.classes[k]);
    MOPS_TRY(check_rows(truth.size(), scores.columns[k].size(), what));
    MOPS_TRY(check_probabilities(scores.columns[k], what));
  }
  MOPS_TRY(check_weights(truth.size(), weights));
  for (size_t row = 0; row < truth.size(); ++row) {
    double sum = 0;
    for (const auto& column : scores.columns) sum += column[row];
    if (std::fabs(1 - sum) > 1e-8 + 1e-5 * sum) return fail(ErrorCode::invalid, fmt::format("the scores of row {} add up to {}, expected 1", row + 1, sum));
  }
  return {};
}

double log_loss(std::span<const uint32_t> truth, const ClassScores& scores, std::span<const double> weights) {
  return weighted_mean(truth.size(), weights, [&](size_t row) { return -std::log(clipped_probability(scores.columns[truth[row]][row])); });
}

double brier_score(std::span<const uint32_t> truth, const ClassScores& scores, std::span<const double> weights) {
  const double mean = weighted_mean(truth.size(), weights, [&](size_t row) {
    double sum = 0;
    for (size_t k = 0; k < scores.columns.size(); ++k) {
      const double distance = scores.columns[k][row] - (truth[row] == k ? 1.0 : 0.0);
      sum += distance * distance;
    }
    return sum;
  });
  return scores.columns.size() < 3 ? mean / 2 : mean;
}

Result<double> roc_auc_ovr(std::span<const uint32_t> truth, const ClassScores& scores, std::span<const double> weights, Average average) {
  MOPS_ASSIGN(const std::vector<double> of_classes, weights_of_classes(truth, scores, weights));
  double sum = 0;
  double all = 0;
  std::vector<uint8_t> is_class(truth.size());
  for (size_t k = 0; k < of_classes.size(); ++k) {
    for (size_t row = 0; row < truth.size(); ++row) is_class[row] = truth[row] == k ? 1 : 0;
    MOPS_ASSIGN(const double area, roc_auc(is_class, scores.columns[k], weights));
    const double share = average == Average::macro ? 1 : of_classes[k];
    sum += share * area;
    all += share;
  }
  return sum / all;
}

Result<double> roc_auc_ovo(std::span<const uint32_t> truth, const ClassScores& scores, std::span<const double> weights, Average average) {
  if (!weights.empty()) return fail(ErrorCode::invalid, "it is not defined with weights");
  MOPS_ASSIGN(const std::vector<double> of_classes, weights_of_classes(truth, scores, weights));
  double sum = 0;
  double all = 0;
  for (uint32_t a = 0; a < of_classes.size(); ++a) {
    for (uint32_t b = a + 1; b < of_classes.size(); ++b) {
      MOPS_ASSIGN(const double by_a, area_of_pair(truth, scores.columns[a], a, b));
      MOPS_ASSIGN(const double by_b, area_of_pair(truth, scores.columns[b], b, a));
      const double share = average == Average::macro ? 1 : of_classes[a] + of_classes[b];
      sum += share * (by_a + by_b) / 2;
      all += share;
    }
  }
  if (all == 0) return fail(ErrorCode::invalid, "the truth has only one class");
  return sum / all;
}

}  // namespace mops::stats
