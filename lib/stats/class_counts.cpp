#include "stats/class_counts.h"

#include "stats/input_check.h"
#include "stats/pairwise_sum.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>

namespace mops::stats {
namespace {

double ratio(double part, double whole) { return whole == 0 ? 0.0 : part / whole; }

}  // namespace

Result<ClassCounts> ClassCounts::of(size_t classes, std::span<const uint32_t> truth, std::span<const uint32_t> predicted, std::span<const double> weights) {
  MOPS_TRY(check_rows(truth.size(), predicted.size(), "predictions"));
  MOPS_TRY(check_weights(truth.size(), weights));
  ClassCounts counts(classes);
  for (size_t row = 0; row < truth.size(); ++row) counts.add(truth[row], predicted[row], weights.empty() ? 1.0 : weights[row]);
  return counts;
}

void ClassCounts::clear() {
  std::fill(classes_.begin(), classes_.end(), OneClass());
  all_ = 0;
}

double ClassCounts::accuracy() const {
  return pairwise_sum(0, classes_.size(), [&](size_t i) { return classes_[i].correct; }) / all_;
}

double ClassCounts::balanced_accuracy() const {
  const auto present = std::count_if(classes_.begin(), classes_.end(), [](const OneClass& one) { return one.in_truth > 0; });
  const double sum = pairwise_sum(0, classes_.size(), [&](size_t i) { return ratio(classes_[i].correct, classes_[i].in_truth); });
  return sum / static_cast<double>(present);
}

template <typename Term>
double ClassCounts::mean(const Term& term) const {
  const auto known = std::count_if(classes_.begin(), classes_.end(), [](const OneClass& one) { return one.is_known; });
  return pairwise_sum(0, classes_.size(), [&](size_t i) { return term(classes_[i]); }) / static_cast<double>(known);
}

double ClassCounts::precision_macro() const {
  return mean([](const OneClass& one) { return ratio(one.correct, one.in_predicted); });
}

double ClassCounts::recall_macro() const {
  return mean([](const OneClass& one) { return ratio(one.correct, one.in_truth); });
}

double ClassCounts::f1_macro() const {
  return mean([](const OneClass& one) { return ratio(2 * one.correct, one.in_truth + one.in_predicted); });
}

template <typename Term>
double ClassCounts::mean_by_truth(const Term& term) const {
  return pairwise_sum(0, classes_.size(), [&](size_t i) { return term(classes_[i]) * classes_[i].in_truth; }) / all_;
}

double ClassCounts::precision_weighted() const {
  return mean_by_truth([](const OneClass& one) { return ratio(one.correct, one.in_predicted); });
}

double ClassCounts::recall_weighted() const {
  return mean_by_truth([](const OneClass& one) { return ratio(one.correct, one.in_truth); });
}

double ClassCounts::f1_weighted() const {
  return mean_by_truth([](const OneClass& one) { return ratio(2 * one.correct, one.in_truth + one.in_predicted); });
}

double ClassCounts::matthews_corrcoef() const {
  // Gorodkin's coefficient. With one class only on a side there is nothing to correlate; that is not left to rounded differences.
  const auto has_one = [&](double OneClass::* side) { return std::count_if(classes_.begin(), classes_.end(), [&](const OneClass& one) { return one.*side > 0; }) < 2; };
  if (has_one(&OneClass::in_truth) || has_one(&OneClass::in_predicted)) return 0;
  // A power of two rounds nothing, and keeps products of four large or small weights within range.
  const double scale = std::ldexp(1, -std::ilogb(all_));
  const double all = all_ * scale;
  double correct = 0;
  double truth_predicted = 0;
  double truth_truth = 0;
  double predicted_predicted = 0;
  for (const OneClass& one : classes_) {
    const double in_truth = one.in_truth * scale;
    const double in_predicted = one.in_predicted * scale;
    correct += one.correct * scale;
    truth_predicted += in_truth * in_predicted;
    truth_truth += in_truth * in_truth;
    predicted_predicted += in_predicted * in_predicted;
  }
  const double both = (all * all - truth_truth) * (all * all - predicted_predicted);
  return both <= 0 ? 0.0 : (correct * all - truth_predicted) / std::sqrt(both);
}

CodedClasses code_classes(std::span<const std::string> truth, std::span<const std::string> predicted) {
  CodedClasses coded;
  std::unordered_map<std::string_view, uint32_t> index;
  for (const auto side : {truth, predicted})
    for (const std::string& text : side)
      if (index.emplace(text, 0).second) coded.classes.push_back(text);
  std::sort(coded.classes.begin(), coded.classes.end());
  for (uint32_t i = 0; i < coded.classes.size(); ++i) index[coded.classes[i]] = i;
  for (const std::string& text : truth) coded.truth.push_back(index[text]);
  for (const std::string& text : predicted) coded.predicted.push_back(index[text]);
  return coded;
}

}  // namespace mops::stats
