#include "stats/classification.h"

#include "stats/input_check.h"
#include "stats/pairwise_sum.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <unordered_map>

namespace mops::stats {
namespace {

constexpr double k_eps = std::numeric_limits<double>::epsilon();

double ratio(uint64_t part, uint64_t whole) { return whole == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(whole); }

/// Gorodkin's coefficient from sums over classes: `correct` rows, truth by predicted, truth by truth, predicted by predicted.
double correlation(double all, double correct, double truth_predicted, double truth_truth, double predicted_predicted) {
  const double covariance = correct * all - truth_predicted;
  const double of_truth = all * all - truth_truth;
  const double of_predicted = all * all - predicted_predicted;
  const double both = of_truth * of_predicted;
  return both == 0 ? 0.0 : covariance / std::sqrt(both);
}

Result<void> check_probabilities(std::span<const uint8_t> truth, std::span<const double> scores) {
  MOPS_TRY(check_rows(truth.size(), scores.size(), "scores"));
  MOPS_TRY(check_finite(scores, "scores"));
  for (size_t i = 0; i < scores.size(); ++i) {
    if (scores[i] >= 0 && scores[i] <= 1) continue;
    return fail(ErrorCode::invalid, fmt::format("row {} of the scores is {}, expected a probability", i + 1, scores[i]));
  }
  return {};
}

}  // namespace

Result<BinaryCounts> count_binary(std::span<const uint8_t> truth, std::span<const uint8_t> predicted) {
  MOPS_TRY(check_rows(truth.size(), predicted.size(), "predictions"));
  uint64_t both = 0;
  uint64_t in_truth = 0;
  uint64_t in_predicted = 0;
  for (size_t i = 0; i < truth.size(); ++i) {
    const bool is = truth[i] != 0;
    const bool said = predicted[i] != 0;
    both += static_cast<uint64_t>(is && said);
    in_truth += static_cast<uint64_t>(is);
    in_predicted += static_cast<uint64_t>(said);
  }
  return BinaryCounts{.true_positive = both,
                      .false_positive = in_predicted - both,
                      .false_negative = in_truth - both,
                      .true_negative = truth.size() + both - in_truth - in_predicted};
}

double accuracy(const BinaryCounts& counts) { return ratio(counts.true_positive + counts.true_negative, counts.all()); }

double balanced_accuracy(const BinaryCounts& counts) {
  const uint64_t positive = counts.true_positive + counts.false_negative;
  const uint64_t negative = counts.true_negative + counts.false_positive;
  if (positive == 0) return ratio(counts.true_negative, negative);
  if (negative == 0) return ratio(counts.true_positive, positive);
  return (ratio(counts.true_positive, positive) + ratio(counts.true_negative, negative)) / 2;
}

double precision(const BinaryCounts& counts) { return ratio(counts.true_positive, counts.true_positive + counts.false_positive); }

double recall(const BinaryCounts& counts) { return ratio(counts.true_positive, counts.true_positive + counts.false_negative); }

double f1(const BinaryCounts& counts) {
  return ratio(2 * counts.true_positive, 2 * counts.true_positive + counts.false_positive + counts.false_negative);
}

double matthews_corrcoef(const BinaryCounts& counts) {
  const auto positive = static_cast<double>(counts.true_positive + counts.false_negative);
  const auto negative = static_cast<double>(counts.true_negative + counts.false_positive);
  const auto said_positive = static_cast<double>(counts.true_positive + counts.false_positive);
  const auto said_negative = static_cast<double>(counts.true_negative + counts.false_negative);
  return correlation(static_cast<double>(counts.all()), static_cast<double>(counts.true_positive + counts.true_negative),
                     positive * said_positive + negative * said_negative, positive * positive + negative * negative,
                     said_positive * said_positive + said_negative * said_negative);
}

Result<double> log_loss(std::span<const uint8_t> truth, std::span<const double> scores) {
  MOPS_TRY(check_probabilities(truth, scores));
  // One logarithm for many rows: each factor is at least eps, so a product above 1e-280 stays far from underflow.
  double sum = 0;
  double product = 1;
  for (size_t i = 0; i < truth.size(); ++i) {
    const double probability = truth[i] != 0 ? scores[i] : 1 - scores[i];
    product *= std::clamp(probability, k_eps, 1 - k_eps);
    if (product < 1e-280) {
      sum -= std::log(product);
      product = 1;
    }
  }
  return (sum - std::log(product)) / static_cast<double>(truth.size());
}

Result<double> brier_score(std::span<const uint8_t> truth, std::span<const double> scores) {
  MOPS_TRY(check_probabilities(truth, scores));
  const double sum = pairwise_sum(0, truth.size(), [&](size_t i) {
    const double distance = scores[i] - (truth[i] != 0 ? 1.0 : 0.0);
    return distance * distance;
  });
  return sum / static_cast<double>(truth.size());
}

Result<Confusion> Confusion::of(std::span<const std::string> truth, std::span<const std::string> predicted) {
  MOPS_TRY(check_rows(truth.size(), predicted.size(), "predictions"));
  Confusion confusion;
  std::unordered_map<std::string_view, size_t> index;
  for (const auto side : {truth, predicted}) {
    for (const std::string& text : side) {
      if (index.emplace(text, 0).second) confusion.classes_.push_back(text);
    }
  }
  constexpr size_t k_most_classes = 10'000;
  if (index.size() > k_most_classes) {
    return fail(ErrorCode::invalid, fmt::format("found {} classes, expected at most {}", index.size(), k_most_classes),
                "are these numbers? then the task is regression");
  }
  std::sort(confusion.classes_.begin(), confusion.classes_.end());
  const size_t classes = confusion.classes_.size();
  for (size_t i = 0; i < classes; ++i) index[confusion.classes_[i]] = i;
  confusion.counts_.resize(classes * classes);
  confusion.in_truth_.resize(classes);
  confusion.in_predicted_.resize(classes);
  confusion.all_ = truth.size();
  for (size_t i = 0; i < truth.size(); ++i) {
    const size_t is = index[truth[i]];
    const size_t said = index[predicted[i]];
    ++confusion.counts_[is * classes + said];
    ++confusion.in_truth_[is];
    ++confusion.in_predicted_[said];
  }
  return confusion;
}

double Confusion::accuracy() const {
  uint64_t correct = 0;
  for (size_t i = 0; i < classes_.size(); ++i) correct += count(i, i);
  return ratio(correct, all_);
}

double Confusion::balanced_accuracy() const {
  double sum = 0;
  size_t present = 0;
  for (size_t i = 0; i < classes_.size(); ++i) {
    sum += ratio(count(i, i), in_truth_[i]);
    present += in_truth_[i] > 0 ? 1 : 0;
  }
  return sum / static_cast<double>(present);
}

double Confusion::precision_macro() const {
  const double sum = pairwise_sum(0, classes_.size(), [&](size_t i) { return ratio(count(i, i), in_predicted_[i]); });
  return sum / static_cast<double>(classes_.size());
}

double Confusion::recall_macro() const {
  const double sum = pairwise_sum(0, classes_.size(), [&](size_t i) { return ratio(count(i, i), in_truth_[i]); });
  return sum / static_cast<double>(classes_.size());
}

double Confusion::f1_macro() const {
  const double sum = pairwise_sum(0, classes_.size(), [&](size_t i) { return ratio(2 * count(i, i), in_truth_[i] + in_predicted_[i]); });
  return sum / static_cast<double>(classes_.size());
}

double Confusion::f1_weighted() const {
  const double sum = pairwise_sum(0, classes_.size(), [&](size_t i) {
    return ratio(2 * count(i, i), in_truth_[i] + in_predicted_[i]) * static_cast<double>(in_truth_[i]);
  });
  return sum / static_cast<double>(all_);
}

double Confusion::matthews_corrcoef() const {
  double correct = 0;
  double truth_predicted = 0;
  double truth_truth = 0;
  double predicted_predicted = 0;
  for (size_t i = 0; i < classes_.size(); ++i) {
    const auto is = static_cast<double>(in_truth_[i]);
    const auto said = static_cast<double>(in_predicted_[i]);
    correct += static_cast<double>(count(i, i));
    truth_predicted += is * said;
    truth_truth += is * is;
    predicted_predicted += said * said;
  }
  return correlation(static_cast<double>(all_), correct, truth_predicted, truth_truth, predicted_predicted);
}

}  // namespace mops::stats
