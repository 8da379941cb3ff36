#include "stats/recounts.h"
#include "stats/score_ranking.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace mops::stats {
namespace {

class BinaryRecount final : public Recount {
 public:
  BinaryRecount(const BinarySample::Columns& columns, std::vector<std::string_view> names)
      : rows_(columns.truth.size()), names_(std::move(names)), weights_(columns.weights) {
    if (needs_prediction(names_, MetricKind::binary)) prepare_counts(columns);
    if (has("log_loss"))
      log_losses_ = weighted_terms(rows_, weights_, [&](size_t i) { return -std::log(clipped_probability(columns.truth[i] != 0 ? columns.scores[i] : 1 - columns.scores[i])); });
    if (has("brier_score")) brier_losses_ = weighted_terms(rows_, weights_, [&](size_t i) { return std::pow(columns.scores[i] - columns.truth[i], 2); });
    if (has("roc_auc") || has("average_precision") || has("expected_calibration_error")) prepare_order(columns);
  }

  void measure(RowCounts counts, std::span<double> values) override {
    const double all = weights_.empty() ? static_cast<double>(rows_) : counted_sum(counts, weights_);
    if (all == 0) {
      std::fill(values.begin(), values.end(), k_undefined);
      return;
    }
    const RowCounts sorted = sort_counts(counts);
    const BinaryCounts counted = is_positive_.empty() ? BinaryCounts() : count(counts, all);
    for (size_t i = 0; i < names_.size(); ++i) values[i] = value_of(names_[i], counts, sorted, counted, all);
  }

 private:
  enum Flag : uint8_t { is_positive = 1, begins_score = 2, ends_score = 4 };

  [[nodiscard]] bool has(std::string_view name) const { return has_name(names_, name); }

  void prepare_counts(const BinarySample::Columns& columns) {
    is_positive_ = weighted_terms(rows_, weights_, [&](size_t i) { return columns.truth[i]; });
    said_positive_ = weighted_terms(rows_, weights_, [&](size_t i) { return columns.predicted[i]; });
    both_positive_ = weighted_terms(rows_, weights_, [&](size_t i) { return columns.truth[i] & columns.predicted[i]; });
  }

  void prepare_order(const BinarySample::Columns& columns) {
    const ScoreRanking ranking(columns.truth, columns.scores);
    order_.assign(ranking.rows().begin(), ranking.rows().end());
    flags_.resize(rows_);
    for (const ScoreRanking::Group& group : ranking.groups()) {
      for (uint32_t place = group.begin; place < group.negative; ++place) flags_[place] = is_positive;
      flags_[group.begin] |= begins_score;
      flags_[group.end - 1] |= ends_score;
    }
    if (!weights_.empty()) sorted_weights_ = values_of_rows(weights_, order_);
    if (has("expected_calibration_error")) prepare_calibration(columns);
    if (std::is_sorted(order_.begin(), order_.end())) order_.clear();
    sorted_counts_.resize(order_.size());
  }

  void prepare_calibration(const BinarySample::Columns& columns) {
    gaps_.resize(rows_);
    // Scores fall, so bins come from the last one on.
    for (size_t place = 0; place < rows_; ++place) {
      const uint32_t row = order_[place];
      gaps_[place] = (weights_.empty() ? 1 : weights_[row]) * (columns.truth[row] - columns.scores[row]);
      bin_ends_[k_calibration_bins - 1 - calibration_bin(columns.scores[row])] = place + 1;
    }
    for (size_t bin = 1; bin < k_calibration_bins; ++bin) bin_ends_[bin] = std::max(bin_ends_[bin], bin_ends_[bin - 1]);
  }

  RowCounts sort_counts(RowCounts counts) {
    if (order_.empty()) return counts;
    for (size_t i = 0; i < order_.size(); ++i) sorted_counts_[i] = counts[order_[i]];
    return sorted_counts_;
  }

  [[nodiscard]] BinaryCounts count(RowCounts counts, double all) const {
    const double both = counted_sum(counts, both_positive_);
    const double is = counted_sum(counts, is_positive_);
    const double said = counted_sum(counts, said_positive_);
    // Differences of rounded sums of weights may fall below 0.
    return {.true_positive = both, .false_positive = std::max(0.0, said - both), .false_negative = std::max(0.0, is - both),
            .true_negative = std::max(0.0, all - is - said + both)};
  }

  [[nodiscard]] double value_of(std::string_view name, RowCounts counts, RowCounts sorted, const BinaryCounts& counted, double all) const {
    if (name == "accuracy") return accuracy(counted);
    if (name == "balanced_accuracy") return balanced_accuracy(counted);
    if (name == "precision") return precision(counted);
    if (name == "recall") return recall(counted);
    if (name == "f1") return f1(counted);
    if (name == "matthews_corrcoef") return matthews_corrcoef(counted);
    if (name == "roc_auc") return weights_.empty() ? area<uint64_t>(sorted) : area<double>(sorted);
    if (name == "average_precision") return average_precision_of(sorted);
    if (name == "log_loss") return counted_sum(counts, log_losses_) / all;
    if (name == "brier_score") return counted_sum(counts, brier_losses_) / all;
    return calibration_error(sorted) / all;
  }

  template <typename Amount>
  [[nodiscard]] Amount amount(RowCounts sorted, size_t i) const {
    if constexpr (std::is_same_v<Amount, double>) {
      return sorted[i] * (sorted_weights_.empty() ? 1.0 : sorted_weights_[i]);
    } else {
      return sorted[i];
    }
  }

  /// Without a branch a row: of equal scores the positive rows come first, so that `above` has all of them when the negative ones
  /// come, and `before` none.
  template <typename Amount>
  [[nodiscard]] double area(RowCounts sorted) const {
    Amount above = 0;
    Amount before = 0;
    Amount won_twice = 0;
    Amount negative = 0;
    for (size_t i = 0; i < rows_; ++i) {
      const Amount here = amount<Amount>(sorted, i);
      const Amount positive_here = here * static_cast<Amount>(flags_[i] & is_positive);
      const Amount negative_here = here - positive_here;
      before = (flags_[i] & begins_score) != 0 ? above : before;
      above += positive_here;
      won_twice += negative_here * (before + above);
      negative += negative_here;
    }
    if (above == 0 || negative == 0) return k_undefined;
    return static_cast<double>(won_twice) / 2 / static_cast<double>(above) / static_cast<double>(negative);
  }

  [[nodiscard]] double average_precision_of(RowCounts sorted) const {
    double above = 0;
    double positive_above = 0;
    double positive_here = 0;
    double sum = 0;
    for (size_t i = 0; i < rows_; ++i) {
      const double here = amount<double>(sorted, i);
      above += here;
      positive_here += (flags_[i] & is_positive) != 0 ? here : 0;
      if ((flags_[i] & ends_score) == 0) continue;
      positive_above += positive_here;
      sum += positive_here * (positive_above / std::max(above, std::numeric_limits<double>::min()));
      positive_here = 0;
    }
    return positive_above == 0 ? 0 : sum / positive_above;
  }

  [[nodiscard]] double calibration_error(RowCounts sorted) const {
    double sum = 0;
    size_t begin = 0;
    for (const size_t end : bin_ends_) {
      sum += std::fabs(counted_sum(sorted.subspan(begin, end - begin), std::span(gaps_).subspan(begin, end - begin)));
      begin = end;
    }
    return sum;
  }

  size_t rows_;
  std::vector<std::string_view> names_;
  std::vector<double> weights_;
  // By row, multiplied by its weight.
  std::vector<double> is_positive_;
  std::vector<double> said_positive_;
  std::vector<double> both_positive_;
  std::vector<double> log_losses_;
  std::vector<double> brier_losses_;
  // By falling score.
  std::vector<uint32_t> order_;  ///< empty: rows are in order
  std::vector<uint8_t> flags_;
  std::vector<double> gaps_;  ///< truth less score
  std::vector<double> sorted_weights_;
  std::array<size_t, k_calibration_bins> bin_ends_{};
  std::vector<uint8_t> sorted_counts_;
};

}  // namespace

std::unique_ptr<Recount> make_recount(const BinarySample::Columns& columns, std::vector<std::string_view> names) {
  return std::make_unique<BinaryRecount>(columns, std::move(names));
}

}  // namespace mops::stats
