#include "stats/class_scores.h"

#include "stats/classification.h"
#include "stats/input_check.h"
#include "stats/weighted_mean.h"

#include <cmath>

namespace mops::stats {

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

}  // namespace mops::stats
