#pragma once

#include "base/result.h"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace mops::stats {

/// Definitions and names are scikit-learn's (sklearn.metrics); tests hold them against it. `weights`: one a row, or none, then
/// each row counts 1. Where scikit-learn warns and answers 0 (precision without a positive prediction), so do we; where it
/// raises or answers NaN, this is an Error, invalid, that says why. No rows, unequal lengths, numbers that are not finite, and
/// weights that are negative or all 0 are always that Error.

/// Truth and prediction of two classes, counted: numbers of rows, or sums of their weights.
struct BinaryCounts {
  double true_positive = 0;
  double false_positive = 0;
  double false_negative = 0;
  double true_negative = 0;

  [[nodiscard]] double all() const { return true_positive + false_positive + false_negative + true_negative; }
};

/// Counts rows; values are 0 or not 0.
Result<BinaryCounts> count_binary(std::span<const uint8_t> truth, std::span<const uint8_t> predicted, std::span<const double> weights = {});

/// Of at least one row.
double accuracy(const BinaryCounts& counts);
/// The mean recall of those classes that the truth has.
double balanced_accuracy(const BinaryCounts& counts);
double precision(const BinaryCounts& counts);
double recall(const BinaryCounts& counts);
double f1(const BinaryCounts& counts);
double matthews_corrcoef(const BinaryCounts& counts);

/// Both metrics of one sort.
struct RankingMetrics {
  Result<double> roc_auc;
  double average_precision = 0;
};
Result<RankingMetrics> measure_ranking(std::span<const uint8_t> truth, std::span<const double> scores, std::span<const double> weights = {});

/// The share of pairs of a positive and a negative row in which the positive one has the higher score; equal scores count
/// half. Undefined when the truth has only one class. O(n) by radix sort; takes 16 bytes a row, 44 with
/// weights. The weight of a pair is the product of its rows' weights.
Result<double> roc_auc(std::span<const uint8_t> truth, std::span<const double> scores, std::span<const double> weights = {});
/// Sum of precision times gain of recall over the distinct scores, from high to low; 0 without positive rows.
Result<double> average_precision(std::span<const uint8_t> truth, std::span<const double> scores, std::span<const double> weights = {});
/// Scores are the positive class's probabilities, clipped to [eps, 1 - eps] with eps = 2^-52; outside [0, 1]: an Error. Both
/// classes are known, so a truth of one class has a value (scikit-learn: `labels=[0, 1]`).
double clipped_probability(double probability);
Result<double> log_loss(std::span<const uint8_t> truth, std::span<const double> scores, std::span<const double> weights = {});
/// Mean squared distance of probability and truth (`brier_score_loss`).
Result<double> brier_score(std::span<const uint8_t> truth, std::span<const double> scores, std::span<const double> weights = {});

/// How far probabilities are from what comes true. The scores, probabilities of the positive class, fall into k_calibration_bins
/// of equal width, [0, 0.1], (0.1, 0.2] … (0.9, 1]; the distance between the mean score of a bin and its share of positive rows is averaged
/// over the bins by their weight. scikit-learn has none; the bins are those of its calibration_curve(strategy="uniform").
constexpr size_t k_calibration_bins = 10;
/// The bin, from 0, of a score in [0, 1].
size_t calibration_bin(double score);
Result<double> expected_calibration_error(std::span<const uint8_t> truth, std::span<const double> scores, std::span<const double> weights = {});

/// Truth and prediction of any number of classes, counted pair by pair.
class Confusion {
 public:
  /// `truth` and `predicted` are indices of `classes`, which are all texts of either side, sorted by bytes.
  static Result<Confusion> of(std::vector<std::string> classes, std::span<const uint32_t> truth, std::span<const uint32_t> predicted,
                              std::span<const double> weights = {});

  /// Sorted by bytes.
  [[nodiscard]] const std::vector<std::string>& classes() const { return classes_; }
  /// Rows, or the sum of their weights.
  [[nodiscard]] double count(size_t truth, size_t predicted) const { return counts_[truth * classes_.size() + predicted]; }

 private:
  explicit Confusion(std::vector<std::string> classes) : classes_(std::move(classes)), counts_(classes_.size() * classes_.size()) {}

  std::vector<std::string> classes_;
  std::vector<double> counts_;  ///< truth by predicted
};

}  // namespace mops::stats
