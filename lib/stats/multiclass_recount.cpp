#include "stats/class_counts.h"
#include "stats/class_ranking.h"
#include "stats/order.h"
#include "stats/recounts.h"

#include <algorithm>
#include <cmath>

namespace mops::stats {
namespace {

class MulticlassRecount final : public Recount {
 public:
  MulticlassRecount(const MulticlassSample::Columns& columns, std::vector<std::string_view> names)
      : names_(std::move(names)),
        truth_(columns.truth),
        predicted_(columns.predicted),
        weights_(columns.weights),
        needs_counts_(needs_prediction(names_, MetricKind::multiclass)),
        counted_(needs_counts_ ? columns.classes.size() : 0),
        ranking_(columns.scores.size()) {
    if (!columns.scores.empty()) prepare_scores(columns);
  }

  void measure(RowCounts counts, std::span<double> values) override {
    const auto count = [&](size_t row) { return weights_.empty() ? static_cast<double>(counts[row]) : counts[row] * weights_[row]; };
    const double all = weights_.empty() ? static_cast<double>(truth_.size()) : counted_sum(counts, weights_);
    if (all == 0) {
      std::fill(values.begin(), values.end(), k_undefined);
      return;
    }
    if (needs_counts_) {
      counted_.clear();
      for (size_t row = 0; row < truth_.size(); ++row)
        if (counts[row] != 0) counted_.add(truth_[row], predicted_[row], count(row));
    }
    if (!orders_.empty()) ranking_.count_classes(scored_truth_, count);
    for (size_t c = 0; c < orders_.size(); ++c) ranking_.rank(c, scores_[c], orders_[c], scored_truth_, count);
    for (size_t i = 0; i < names_.size(); ++i) values[i] = value_of(names_[i], counts, all);
  }

 private:
  [[nodiscard]] bool has(std::string_view name) const { return has_name(names_, name); }

  void prepare_scores(const MulticlassSample::Columns& columns) {
    std::vector<uint32_t> place_of;
    for (const std::string& name : columns.classes)
      place_of.push_back(static_cast<uint32_t>(std::lower_bound(columns.score_classes.begin(), columns.score_classes.end(), name) - columns.score_classes.begin()));
    for (const uint32_t code : truth_) scored_truth_.push_back(place_of[code]);
    const size_t rows = truth_.size();
    if (has("log_loss"))
      log_losses_ = weighted_terms(rows, weights_, [&](size_t i) { return -std::log(clipped_probability(columns.scores[scored_truth_[i]][i])); });
    if (has("brier_score")) {
      brier_losses_ = weighted_terms(rows, weights_, [&](size_t i) {
        double sum = 0;
        for (size_t c = 0; c < columns.scores.size(); ++c) sum += std::pow(columns.scores[c][i] - (scored_truth_[i] == c ? 1.0 : 0.0), 2);
        return columns.scores.size() == 2 ? sum / 2 : sum;
      });
    }
    if (std::none_of(names_.begin(), names_.end(), [](std::string_view name) { return name.starts_with("roc_auc"); })) return;
    for (const std::vector<double>& scores : columns.scores) {
      scores_.push_back(scores);
      orders_.push_back(rising_order(scores));
    }
  }

  [[nodiscard]] double value_of(std::string_view name, RowCounts counts, double all) const {
    if (name == "log_loss") return counted_sum(counts, log_losses_) / all;
    if (name == "brier_score") return counted_sum(counts, brier_losses_) / all;
    const Average average = name.ends_with("_weighted") ? Average::weighted : Average::macro;
    // As a truth that lacks a class has no such metric, so has no such resample.
    if (name.starts_with("roc_auc_ovr")) return ranking_.has_all_classes() ? ranking_.one_against_rest(average).value_or(k_undefined) : k_undefined;
    if (name.starts_with("roc_auc_ovo")) return ranking_.has_all_classes() ? ranking_.one_against_one(average).value_or(k_undefined) : k_undefined;
    if (name == "accuracy" || name.ends_with("_micro")) return counted_.accuracy();
    if (name == "balanced_accuracy") return counted_.balanced_accuracy();
    if (name == "precision_macro") return counted_.precision_macro();
    if (name == "recall_macro") return counted_.recall_macro();
    if (name == "f1_macro") return counted_.f1_macro();
    if (name == "precision_weighted") return counted_.precision_weighted();
    if (name == "recall_weighted") return counted_.recall_weighted();
    if (name == "f1_weighted") return counted_.f1_weighted();
    return counted_.matthews_corrcoef();
  }

  std::vector<std::string_view> names_;
  std::vector<uint32_t> truth_;
  std::vector<uint32_t> predicted_;
  std::vector<double> weights_;
  bool needs_counts_;
  ClassCounts counted_;
  std::vector<uint32_t> scored_truth_;  ///< index of the class's scores
  std::vector<double> log_losses_;      ///< by row, multiplied by its weight
  std::vector<double> brier_losses_;
  std::vector<std::vector<double>> scores_;
  std::vector<std::vector<uint32_t>> orders_;  ///< by class, rows by rising score
  ClassRanking ranking_;
};

}  // namespace

std::unique_ptr<Recount> make_recount(const MulticlassSample::Columns& columns, std::vector<std::string_view> names) {
  return std::make_unique<MulticlassRecount>(columns, std::move(names));
}

}  // namespace mops::stats
