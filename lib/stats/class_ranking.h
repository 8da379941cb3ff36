#pragma once

#include "stats/class_scores.h"

#include <algorithm>
#include <optional>

namespace mops::stats {

/// `macro` counts classes (or pairs of classes) alike, `weighted` by their share of the truth.
enum class Average { macro, weighted };

/// How rows of each class are ranked by each class's score.
class ClassRanking {
 public:
  /// Of scores and weights that have passed check_class_scores. Error invalid: a class is not in the truth.
  static Result<ClassRanking> of(std::span<const uint32_t> truth, const ClassScores& scores, std::span<const double> weights);

  explicit ClassRanking(size_t classes) : classes_(classes), won_twice_(classes * classes), in_truth_(classes) {}

  /// The mean area below the ROC curves of each class against all others (`roc_auc_score(multi_class="ovr")`); nothing where a class that
  /// counts is without rows, or has all.
  [[nodiscard]] std::optional<double> one_against_rest(Average average) const;
  /// The same over all pairs of classes that have rows, of the rows that are one of the two, by either's score (`"ovo"`); nothing with fewer
  /// than two. (scikit-learn defines it for rows without weights only.)
  [[nodiscard]] std::optional<double> one_against_one(Average average) const;

  [[nodiscard]] bool has_all_classes() const { return std::find(in_truth_.begin(), in_truth_.end(), 0) == in_truth_.end(); }

  /// `order`: rows by rising score of class `by`. `count(row)`: how often, or how much, a row counts.
  template <typename Count>
  void rank(size_t by, std::span<const double> scores, std::span<const uint32_t> order, std::span<const uint32_t> truth, const Count& count);
  template <typename Count>
  void count_classes(std::span<const uint32_t> truth, const Count& count);

 private:
  [[nodiscard]] double won(size_t by, size_t against) const { return won_twice_[by * classes_ + against] / 2; }

  size_t classes_;
  std::vector<double> won_twice_;  ///< by class whose score and rows they are, against which class
  std::vector<double> in_truth_;
  std::vector<double> below_ = {};
  std::vector<double> here_ = {};
};

template <typename Count>
void ClassRanking::count_classes(std::span<const uint32_t> truth, const Count& count) {
  in_truth_.assign(classes_, 0);
  for (size_t row = 0; row < truth.size(); ++row) in_truth_[truth[row]] += count(row);
}

template <typename Count>
void ClassRanking::rank(size_t by, std::span<const double> scores, std::span<const uint32_t> order, std::span<const uint32_t> truth, const Count& count) {
  below_.assign(classes_, 0);
  here_.assign(classes_, 0);
  double* const won_twice = &won_twice_[by * classes_];
  std::fill_n(won_twice, classes_, 0);
  size_t begin = 0;
  while (begin < order.size()) {
    size_t end = begin;
    const double score = scores[order[begin]];
    for (; end < order.size() && scores[order[end]] == score; ++end) here_[truth[order[end]]] += count(order[end]);
    if (here_[by] != 0)
      for (size_t against = 0; against < classes_; ++against) won_twice[against] += here_[by] * (2 * below_[against] + here_[against]);
    for (size_t i = begin; i < end; ++i) {
      const size_t is = truth[order[i]];
      below_[is] += here_[is];
      here_[is] = 0;
    }
    begin = end;
  }
}

}  // namespace mops::stats
