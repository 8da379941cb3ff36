#include "stats/classification.h"

#include "stats/input_check.h"
#include "stats/weighted_mean.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace mops::stats {
namespace {

double ratio(double part, double whole) { return whole == 0 ? 0.0 : part / whole; }

Result<void> check_scores(std::span<const uint8_t> truth, std::span<const double> scores, std::span<const double> weights) {
  MOPS_TRY(check_rows(truth.size(), scores.size(), "scores"));
  MOPS_TRY(check_probabilities(scores, "scores"));
  return check_weights(truth.size(), weights);
}

/// -log(p) of one row after the other. Most logarithms are saved by products: what is far from 1 is multiplied until the product
/// nears underflow. What is near 1 must not be, since rounding a product costs 1e-16, which may be more than its logarithm.
class LogLossSum {
 public:
  void add(double probability) {
    const double missing = 1 - probability;
    if (missing < k_near) {
      // The series of log(1 - x) to the power 6; what is left out is below 2^-60 of it.
      near_one_ += missing * (1 + missing * (1.0 / 2 + missing * (1.0 / 3 + missing * (1.0 / 4 + missing * (1.0 / 5 + missing / 6)))));
      return;
    }
    product_ *= probability;
    if (product_ < 1e-280) {
      sum_ -= std::log(product_);
      product_ = 1;
    }
  }
  [[nodiscard]] double total() const { return near_one_ + sum_ - std::log(product_); }

 private:
  static constexpr double k_near = 1.0 / 1024;
  double near_one_ = 0;
  double sum_ = 0;
  double product_ = 1;
};

}  // namespace

Result<BinaryCounts> count_binary(std::span<const uint8_t> truth, std::span<const uint8_t> predicted, std::span<const double> weights) {
  MOPS_TRY(check_rows(truth.size(), predicted.size(), "predictions"));
  MOPS_TRY(check_weights(truth.size(), weights));
  if (!weights.empty()) {
    std::array<double, 4> sums{};
    for (size_t i = 0; i < truth.size(); ++i) sums[(truth[i] != 0 ? 2u : 0u) + (predicted[i] != 0 ? 1u : 0u)] += weights[i];
    return BinaryCounts{.true_positive = sums[3], .false_positive = sums[1], .false_negative = sums[2], .true_negative = sums[0]};
  }
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
  return BinaryCounts{.true_positive = static_cast<double>(both),
                      .false_positive = static_cast<double>(in_predicted - both),
                      .false_negative = static_cast<double>(in_truth - both),
                      .true_negative = static_cast<double>(truth.size() + both - in_truth - in_predicted)};
}

double accuracy(const BinaryCounts& counts) { return ratio(counts.true_positive + counts.true_negative, counts.all()); }

double balanced_accuracy(const BinaryCounts& counts) {
  const double positive = counts.true_positive + counts.false_negative;
  const double negative = counts.true_negative + counts.false_positive;
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
  // A power of two rounds nothing, and keeps products of four large or small weights within range.
  const double scale = std::ldexp(1, -std::ilogb(counts.all()));
  const double true_positive = counts.true_positive * scale;
  const double false_positive = counts.false_positive * scale;
  const double false_negative = counts.false_negative * scale;
  const double true_negative = counts.true_negative * scale;
  // Half of what `correlation` says of two classes, without its differences, in which one heavy row hides all others.
  const double both = ((true_positive + false_negative) * (true_negative + false_positive)) * ((true_positive + false_positive) * (true_negative + false_negative));
  return both == 0 ? 0.0 : (true_positive * true_negative - false_positive * false_negative) / std::sqrt(both);
}

double clipped_probability(double probability) {
  constexpr double k_eps = std::numeric_limits<double>::epsilon();
  return std::clamp(probability, k_eps, 1 - k_eps);
}

Result<double> log_loss(std::span<const uint8_t> truth, std::span<const double> scores, std::span<const double> weights) {
  MOPS_TRY(check_scores(truth, scores, weights));
  const auto probability = [&](size_t i) { return clipped_probability(truth[i] != 0 ? scores[i] : 1 - scores[i]); };
  if (!weights.empty()) return weighted_mean(truth.size(), weights, [&](size_t i) { return -std::log(probability(i)); });
  LogLossSum sum;
  for (size_t i = 0; i < truth.size(); ++i) sum.add(probability(i));
  return sum.total() / static_cast<double>(truth.size());
}

Result<double> brier_score(std::span<const uint8_t> truth, std::span<const double> scores, std::span<const double> weights) {
  MOPS_TRY(check_scores(truth, scores, weights));
  return weighted_mean(truth.size(), weights, [&](size_t i) {
    const double distance = scores[i] - (truth[i] != 0 ? 1.0 : 0.0);
    return distance * distance;
  });
}

Result<double> expected_calibration_error(std::span<const uint8_t> truth, std::span<const double> scores, std::span<const double> weights) {
  MOPS_TRY(check_scores(truth, scores, weights));
  // The weight of a bin cancels: weight * |sum of scores / weight - sum of truth / weight|.
  std::array<double, k_calibration_bins> excess{};
  double all = 0;
  for (size_t i = 0; i < truth.size(); ++i) {
    const double weight = weights.empty() ? 1.0 : weights[i];
    excess[calibration_bin(scores[i])] += weight * (scores[i] - (truth[i] != 0 ? 1.0 : 0.0));
    all += weight;
  }
  double sum = 0;
  for (const double bin : excess) sum += std::fabs(bin);
  return sum / all;
}

size_t calibration_bin(double score) {
  const auto upper_edge = [](size_t bin) { return static_cast<double>(bin + 1) * 0.1; };
  auto bin = std::min(static_cast<size_t>(score * k_calibration_bins), k_calibration_bins - 1);
  // The product is rounded, and a score on an edge belongs below it.
  while (bin > 0 && score <= upper_edge(bin - 1)) --bin;
  while (bin + 1 < k_calibration_bins && score > upper_edge(bin)) ++bin;
  return bin;
}

Result<Confusion> Confusion::of(std::vector<std::string> classes, std::span<const uint32_t> truth, std::span<const uint32_t> predicted,
                                std::span<const double> weights) {
  MOPS_TRY(check_rows(truth.size(), predicted.size(), "predictions"));
  MOPS_TRY(check_weights(truth.size(), weights));
  const size_t count = classes.size();
  Confusion confusion(std::move(classes));
  for (size_t i = 0; i < truth.size(); ++i) confusion.counts_[truth[i] * count + predicted[i]] += weights.empty() ? 1.0 : weights[i];
  return confusion;
}

}  // namespace mops::stats
