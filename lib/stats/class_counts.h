#pragma once

#include "base/result.h"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace mops::stats {

/// Truth and prediction of any number of classes, counted class by class: what all metrics of predicted classes need, and far less than the
/// number of every pair. Definitions are scikit-learn's, as in classification.h.
class ClassCounts {
 public:
  explicit ClassCounts(size_t classes) : classes_(classes) {}
  /// `truth` and `predicted` are indices of classes. Errors as of classification.h.
  static Result<ClassCounts> of(size_t classes, std::span<const uint32_t> truth, std::span<const uint32_t> predicted, std::span<const double> weights = {});

  /// A row, or several alike. One that weighs nothing still makes its classes known, as in scikit-learn.
  void add(uint32_t truth, uint32_t predicted, double weight) {
    classes_[truth].in_truth += weight;
    classes_[predicted].in_predicted += weight;
    classes_[truth].correct += truth == predicted ? weight : 0;
    classes_[truth].is_known = true;
    classes_[predicted].is_known = true;
    all_ += weight;
  }
  /// As newly made.
  void clear();

  // Of rows that weigh something.
  [[nodiscard]] double accuracy() const;
  [[nodiscard]] double balanced_accuracy() const;
  /// Plain means over all known classes, a class without any such row counting 0.
  [[nodiscard]] double precision_macro() const;
  [[nodiscard]] double recall_macro() const;
  [[nodiscard]] double f1_macro() const;
  /// Over all decisions together. As each row has one class, precision, recall and F1 are all the accuracy.
  [[nodiscard]] double micro() const { return accuracy(); }
  /// Weighted by the classes' rows in the truth.
  [[nodiscard]] double precision_weighted() const;
  [[nodiscard]] double recall_weighted() const;
  [[nodiscard]] double f1_weighted() const;
  [[nodiscard]] double matthews_corrcoef() const;

 private:
  struct OneClass {
    double correct = 0;
    double in_truth = 0;
    double in_predicted = 0;
    bool is_known = false;
  };

  template <typename Term>
  [[nodiscard]] double mean(const Term& term) const;
  template <typename Term>
  [[nodiscard]] double mean_by_truth(const Term& term) const;

  std::vector<OneClass> classes_;
  double all_ = 0;
};

/// Texts of both sides as indices of the classes that either has, which are sorted by bytes.
struct CodedClasses {
  std::vector<std::string> classes;
  std::vector<uint32_t> truth;
  std::vector<uint32_t> predicted;
};
CodedClasses code_classes(std::span<const std::string> truth, std::span<const std::string> predicted);

}  // namespace mops::stats
