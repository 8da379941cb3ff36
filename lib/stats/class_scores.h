#pragma once

#include "base/result.h"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace mops::stats {

/// The probabilities of several classes: `columns[k][row]` is that of `classes[k]`. Classes are unique and sorted by bytes.
struct ClassScores {
  std::vector<std::string> classes;
  std::vector<std::span<const double>> columns;

  [[nodiscard]] bool empty() const { return columns.empty(); }
};

/// Error invalid, which names the row: unequal lengths, what is not a probability, probabilities of a row that do not add up to 1
/// (scikit-learn's bound: 1e-5), weights that are negative or all 0. `truth` has indices of `scores.classes`, as below.
Result<void> check_class_scores(std::span<const uint32_t> truth, const ClassScores& scores, std::span<const double> weights);

/// Definitions are scikit-learn's; scores and weights have passed check_class_scores.
/// The mean of -log(probability of the true class), clipped to [eps, 1 - eps] with eps = 2^-52.
double log_loss(std::span<const uint32_t> truth, const ClassScores& scores, std::span<const double> weights);
/// The mean squared distance of the probabilities and the truth, summed over the classes; of two classes half of it.
double brier_score(std::span<const uint32_t> truth, const ClassScores& scores, std::span<const double> weights);

}  // namespace mops::stats
