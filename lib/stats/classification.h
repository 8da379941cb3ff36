#pragma once

#include "base/result.h"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace mops::stats {

/// Definitions and names are scikit-learn's (sklearn.metrics), without weights; tests hold them against it. Where that warns
/// and answers 0 (precision without a positive prediction), so do we; where it raises or answers NaN, this is an Error,
/// invalid, that says why. No rows, unequal lengths and numbers that are not finite are always that Error.

/// Truth and prediction of two classes, counted.
struct BinaryCounts {
  uint64_t true_positive = 0;
  uint64_t false_positive = 0;
  uint64_t false_negative = 0;
  uint64_t true_negative = 0;

  [[nodiscard]] uint64_t all() const { return true_positive + false_positive + false_negative + true_negative; }
};

/// Counts rows; values are 0 or not 0.
Result<BinaryCounts> count_binary(std::span<const uint8_t> truth, std::span<const uint8_t> predicted);

/// Of at least one row.
double accuracy(const BinaryCounts& counts);
/// The mean recall of those classes that the truth has.
double balanced_accuracy(const BinaryCounts& counts);
double precision(const BinaryCounts& counts);
double recall(const BinaryCounts& counts);
double f1(const BinaryCounts& counts);
double matthews_corrcoef(const BinaryCounts& counts);

/// The share of pairs of a positive and a negative row in which the positive one has the higher score; equal scores count
/// half. Undefined when the truth has only one class. O(n) by radix sort; takes 16 bytes a row.
Result<double> roc_auc(std::span<const uint8_t> truth, std::span<const double> scores);
/// Sum of precision times gain of recall over the distinct scores, from high to low; 0 without positive rows.
Result<double> average_precision(std::span<const uint8_t> truth, std::span<const double> scores);
/// Scores are the positive class's probabilities, clipped to [eps, 1 - eps] with eps = 2^-52; outside [0, 1]: an Error. Both
/// classes are known, so a truth of one class has a value (scikit-learn: `labels=[0, 1]`).
Result<double> log_loss(std::span<const uint8_t> truth, std::span<const double> scores);
/// Mean squared distance of probability and truth (`brier_score_loss`).
Result<double> brier_score(std::span<const uint8_t> truth, std::span<const double> scores);

/// Truth and prediction of any number of classes, counted.
class Confusion {
 public:
  /// Classes are all texts of either side.
  static Result<Confusion> of(std::span<const std::string> truth, std::span<const std::string> predicted);

  /// Sorted by bytes.
  [[nodiscard]] const std::vector<std::string>& classes() const { return classes_; }
  [[nodiscard]] uint64_t count(size_t truth, size_t predicted) const { return counts_[truth * classes_.size() + predicted]; }

  [[nodiscard]] double accuracy() const;
  [[nodiscard]] double balanced_accuracy() const;
  /// Plain means over all classes, a class without any such row counting 0.
  [[nodiscard]] double precision_macro() const;
  [[nodiscard]] double recall_macro() const;
  [[nodiscard]] double f1_macro() const;
  /// Weighted by the classes' rows in the truth.
  [[nodiscard]] double f1_weighted() const;
  [[nodiscard]] double matthews_corrcoef() const;

 private:
  std::vector<std::string> classes_;
  std::vector<uint64_t> counts_;      ///< truth by predicted
  std::vector<uint64_t> in_truth_;
  std::vector<uint64_t> in_predicted_;
  uint64_t all_ = 0;
};

}  // namespace mops::stats
