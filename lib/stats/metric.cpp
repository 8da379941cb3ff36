#include "stats/metric.h"

#include "stats/class_counts.h"
#include "stats/class_ranking.h"
#include "stats/classification.h"
#include "stats/regression.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace mops::stats {
namespace {

constexpr std::array k_binary = {
    MetricInfo{"accuracy", Better::higher, Needs::prediction},
    MetricInfo{"balanced_accuracy", Better::higher, Needs::prediction},
    MetricInfo{"precision", Better::higher, Needs::prediction},
    MetricInfo{"recall", Better::higher, Needs::prediction},
    MetricInfo{"f1", Better::higher, Needs::prediction},
    MetricInfo{"matthews_corrcoef", Better::higher, Needs::prediction},
    MetricInfo{"roc_auc", Better::higher, Needs::score},
    MetricInfo{"average_precision", Better::higher, Needs::score},
    MetricInfo{"log_loss", Better::lower, Needs::score},
    MetricInfo{"brier_score", Better::lower, Needs::score},
    MetricInfo{"expected_calibration_error", Better::lower, Needs::score},
};

constexpr std::array k_multiclass = {
    MetricInfo{"accuracy", Better::higher, Needs::prediction},
    MetricInfo{"balanced_accuracy", Better::higher, Needs::prediction},
    MetricInfo{"precision_macro", Better::higher, Needs::prediction},
    MetricInfo{"recall_macro", Better::higher, Needs::prediction},
    MetricInfo{"f1_macro", Better::higher, Needs::prediction},
    MetricInfo{"precision_micro", Better::higher, Needs::prediction},
    MetricInfo{"recall_micro", Better::higher, Needs::prediction},
    MetricInfo{"f1_micro", Better::higher, Needs::prediction},
    MetricInfo{"precision_weighted", Better::higher, Needs::prediction},
    MetricInfo{"recall_weighted", Better::higher, Needs::prediction},
    MetricInfo{"f1_weighted", Better::higher, Needs::prediction},
    MetricInfo{"matthews_corrcoef", Better::higher, Needs::prediction},
    MetricInfo{"roc_auc_ovr", Better::higher, Needs::score},
    MetricInfo{"roc_auc_ovr_weighted", Better::higher, Needs::score},
    MetricInfo{"roc_auc_ovo", Better::higher, Needs::score},
    MetricInfo{"roc_auc_ovo_weighted", Better::higher, Needs::score},
    MetricInfo{"log_loss", Better::lower, Needs::score},
    MetricInfo{"brier_score", Better::lower, Needs::score},
};

constexpr std::array k_regression = {
    MetricInfo{"mean_absolute_error", Better::lower, Needs::prediction},
    MetricInfo{"mean_squared_error", Better::lower, Needs::prediction},
    MetricInfo{"root_mean_squared_error", Better::lower, Needs::prediction},
    MetricInfo{"median_absolute_error", Better::lower, Needs::prediction},
    MetricInfo{"mean_absolute_percentage_error", Better::lower, Needs::prediction},
    MetricInfo{"mean_pinball_loss", Better::lower, Needs::prediction},
    MetricInfo{"max_error", Better::lower, Needs::prediction},
    MetricInfo{"r2", Better::higher, Needs::prediction},
};

Metric metric_of(std::string name, const Result<double>& measured) {
  if (!measured) return {.name = std::move(name), .value = std::nullopt, .reason = measured.error().message};
  // Finite input can still overflow: errors of 1e200, squared.
  if (!std::isfinite(*measured)) return {.name = std::move(name), .value = std::nullopt, .reason = "the numbers are too large"};
  return {.name = std::move(name), .value = *measured};
}

/// The truth as indices of the classes that have scores. Error: a class without.
Result<std::vector<uint32_t>> scored_classes(const MulticlassRows& rows) {
  if (rows.scores.empty()) return fail(ErrorCode::invalid, "there are no scores");
  const auto& scored = rows.scores.classes;
  std::vector<size_t> place_of;
  for (const std::string& name : rows.classes) place_of.push_back(static_cast<size_t>(std::lower_bound(scored.begin(), scored.end(), name) - scored.begin()));
  std::vector<uint32_t> indices;
  indices.reserve(rows.truth.size());
  for (const uint32_t index : rows.truth) {
    const size_t place = place_of[index];
    if (place == scored.size() || scored[place] != rows.classes[index]) return fail(ErrorCode::invalid, fmt::format("`{}` has no scores", rows.classes[index]));
    indices.push_back(static_cast<uint32_t>(place));
  }
  return indices;
}

/// Collects the metrics that are wanted; the others are not even computed.
class Collection {
 public:
  explicit Collection(MetricNames wanted) : wanted_(wanted) {}

  template <typename Measure>
  void add(std::string_view name, const Measure& measure) {
    if (!wanted_.empty() && std::find(wanted_.begin(), wanted_.end(), name) == wanted_.end()) return;
    metrics_.push_back(metric_of(std::string(name), measure()));
  }
  [[nodiscard]] std::vector<Metric> take() { return std::move(metrics_); }

 private:
  MetricNames wanted_;
  std::vector<Metric> metrics_;
};

/// What several metrics share: made when the first of them asks.
template <typename Make>
class OnDemand {
 public:
  explicit OnDemand(Make make) : make_(std::move(make)) {}

  [[nodiscard]] const auto& get() const {
    if (!value_) value_.emplace(make_());
    return *value_;
  }

 private:
  Make make_;
  mutable std::optional<std::invoke_result_t<Make>> value_;
};

void add_class_counts(Collection& metrics, const MulticlassRows& rows) {
  const OnDemand counts([&] { return ClassCounts::of(rows.classes.size(), rows.truth, rows.predicted, rows.weights); });
  const auto of = [&](double (ClassCounts::*measure)() const) {
    return [&counts, measure] { return counts.get().map([&](const ClassCounts& counted) { return (counted.*measure)(); }); };
  };
  metrics.add("accuracy", of(&ClassCounts::accuracy));
  metrics.add("balanced_accuracy", of(&ClassCounts::balanced_accuracy));
  metrics.add("precision_macro", of(&ClassCounts::precision_macro));
  metrics.add("recall_macro", of(&ClassCounts::recall_macro));
  metrics.add("f1_macro", of(&ClassCounts::f1_macro));
  metrics.add("precision_micro", of(&ClassCounts::micro));
  metrics.add("recall_micro", of(&ClassCounts::micro));
  metrics.add("f1_micro", of(&ClassCounts::micro));
  metrics.add("precision_weighted", of(&ClassCounts::precision_weighted));
  metrics.add("recall_weighted", of(&ClassCounts::recall_weighted));
  metrics.add("f1_weighted", of(&ClassCounts::f1_weighted));
  metrics.add("matthews_corrcoef", of(&ClassCounts::matthews_corrcoef));
}

void add_class_scores(Collection& metrics, const MulticlassRows& rows) {
  using Truth = std::vector<uint32_t>;
  const OnDemand truth([&]() -> Result<Truth> {
    MOPS_ASSIGN(Truth indices, scored_classes(rows));
    MOPS_TRY(check_class_scores(indices, rows.scores, rows.weights));
    return indices;
  });
  const OnDemand ranking([&] { return truth.get().and_then([&](const Truth& indices) { return ClassRanking::of(indices, rows.scores, rows.weights); }); });
  const auto area = [&](std::optional<double> (ClassRanking::*measure)(Average) const, Average average) -> Result<double> {
    MOPS_TRY(ranking.get());
    const std::optional<double> value = ((*ranking.get()).*measure)(average);
    if (!value) return fail(ErrorCode::invalid, "the truth has only one class");
    return *value;
  };
  const auto area_of_pairs = [&](Average average) -> Result<double> {
    MOPS_TRY(truth.get());
    if (!rows.weights.empty()) return fail(ErrorCode::invalid, "it is not defined with weights");
    return area(&ClassRanking::one_against_one, average);
  };
  metrics.add("roc_auc_ovr", [&] { return area(&ClassRanking::one_against_rest, Average::macro); });
  metrics.add("roc_auc_ovr_weighted", [&] { return area(&ClassRanking::one_against_rest, Average::weighted); });
  metrics.add("roc_auc_ovo", [&] { return area_of_pairs(Average::macro); });
  metrics.add("roc_auc_ovo_weighted", [&] { return area_of_pairs(Average::weighted); });
  metrics.add("log_loss", [&] { return truth.get().map([&](const Truth& indices) { return log_loss(indices, rows.scores, rows.weights); }); });
  metrics.add("brier_score", [&] { return truth.get().map([&](const Truth& indices) { return brier_score(indices, rows.scores, rows.weights); }); });
}

}  // namespace

std::span<const MetricInfo> metrics_of(MetricKind kind) {
  if (kind == MetricKind::binary) return k_binary;
  if (kind == MetricKind::multiclass) return k_multiclass;
  return k_regression;
}

const MetricInfo* find_metric(MetricKind kind, std::string_view name) {
  for (const MetricInfo& info : metrics_of(kind)) {
    if (info.name == name) return &info;
  }
  return nullptr;
}

const MetricInfo* find_metric(std::string_view name) {
  for (const MetricKind kind : {MetricKind::binary, MetricKind::multiclass, MetricKind::regression})
    if (const MetricInfo* info = find_metric(kind, name)) return info;
  return nullptr;
}

std::vector<Metric> measure_binary(std::span<const uint8_t> truth, std::span<const double> scores, std::span<const uint8_t> predicted,
                                   std::span<const double> weights, MetricNames wanted) {
  Collection metrics(wanted);
  const OnDemand counts([&] { return count_binary(truth, predicted, weights); });
  const auto of_counts = [&](double (*measure)(const BinaryCounts&)) { return [&counts, measure] { return counts.get().map(measure); }; };
  metrics.add("accuracy", of_counts(accuracy));
  metrics.add("balanced_accuracy", of_counts(balanced_accuracy));
  metrics.add("precision", of_counts(precision));
  metrics.add("recall", of_counts(recall));
  metrics.add("f1", of_counts(f1));
  metrics.add("matthews_corrcoef", of_counts(matthews_corrcoef));

  const bool has_none = scores.empty() && !truth.empty();
  const auto of_scores = [&](auto measure) {
    return [=]() -> Result<double> {
      if (has_none) return fail(ErrorCode::invalid, "there are no scores");
      return measure();
    };
  };
  const OnDemand ranking([&] { return measure_ranking(truth, scores, weights); });
  metrics.add("roc_auc", of_scores([&] { return ranking.get().and_then([](const RankingMetrics& both) { return both.roc_auc; }); }));
  metrics.add("average_precision", of_scores([&] { return ranking.get().map([](const RankingMetrics& both) { return both.average_precision; }); }));
  metrics.add("log_loss", of_scores([&] { return log_loss(truth, scores, weights); }));
  metrics.add("brier_score", of_scores([&] { return brier_score(truth, scores, weights); }));
  metrics.add("expected_calibration_error", of_scores([&] { return expected_calibration_error(truth, scores, weights); }));
  return metrics.take();
}

std::vector<Metric> measure_multiclass(const MulticlassRows& rows, MetricNames wanted) {
  Collection metrics(wanted);
  add_class_counts(metrics, rows);
  add_class_scores(metrics, rows);
  return metrics.take();
}

std::vector<Metric> measure_multiclass(std::span<const std::string> truth, std::span<const std::string> predicted) {
  const CodedClasses coded = code_classes(truth, predicted);
  return measure_multiclass({.classes = coded.classes, .truth = coded.truth, .predicted = coded.predicted});
}

std::vector<Metric> measure_regression(std::span<const double> truth, std::span<const double> predicted, std::span<const double> weights,
                                       MetricNames wanted, double quantile) {
  Collection metrics(wanted);
  metrics.add("mean_absolute_error", [&] { return mean_absolute_error(truth, predicted, weights); });
  metrics.add("mean_squared_error", [&] { return mean_squared_error(truth, predicted, weights); });
  metrics.add("root_mean_squared_error", [&] { return root_mean_squared_error(truth, predicted, weights); });
  metrics.add("median_absolute_error", [&] { return median_absolute_error(truth, predicted, weights); });
  metrics.add("mean_absolute_percentage_error", [&] { return mean_absolute_percentage_error(truth, predicted, weights); });
  metrics.add("mean_pinball_loss", [&] { return mean_pinball_loss(truth, predicted, quantile, weights); });
  metrics.add("max_error", [&] { return max_error(truth, predicted); });
  metrics.add("r2", [&] { return r2(truth, predicted, weights); });
  return metrics.take();
}

}  // namespace mops::stats
