#include "stats/metric.h"

#include "stats/classification.h"
#include "stats/regression.h"

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
};

constexpr std::array k_multiclass = {
    MetricInfo{"accuracy", Better::higher, Needs::prediction},
    MetricInfo{"balanced_accuracy", Better::higher, Needs::prediction},
    MetricInfo{"precision_macro", Better::higher, Needs::prediction},
    MetricInfo{"recall_macro", Better::higher, Needs::prediction},
    MetricInfo{"f1_macro", Better::higher, Needs::prediction},
    MetricInfo{"f1_weighted", Better::higher, Needs::prediction},
    MetricInfo{"matthews_corrcoef", Better::higher, Needs::prediction},
};

constexpr std::array k_regression = {
    MetricInfo{"mean_absolute_error", Better::lower, Needs::prediction},
    MetricInfo{"mean_squared_error", Better::lower, Needs::prediction},
    MetricInfo{"root_mean_squared_error", Better::lower, Needs::prediction},
    MetricInfo{"median_absolute_error", Better::lower, Needs::prediction},
    MetricInfo{"mean_absolute_percentage_error", Better::lower, Needs::prediction},
    MetricInfo{"max_error", Better::lower, Needs::prediction},
    MetricInfo{"r2", Better::higher, Needs::prediction},
};

Metric metric_of(std::string name, const Result<double>& measured) {
  if (!measured) return {.name = std::move(name), .value = std::nullopt, .reason = measured.error().message};
  // Finite input can still overflow: errors of 1e200, squared.
  if (!std::isfinite(*measured)) return {.name = std::move(name), .value = std::nullopt, .reason = "the numbers are too large"};
  return {.name = std::move(name), .value = *measured};
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

std::vector<Metric> measure_binary(std::span<const uint8_t> truth, std::span<const double> scores, std::span<const uint8_t> predicted) {
  const auto counts = count_binary(truth, predicted);
  const auto of_counts = [&](std::string name, double (*measure)(const BinaryCounts&)) {
    return metric_of(std::move(name), counts.map(measure));
  };
  const auto of_scores = [&](std::string name, Result<double> (*measure)(std::span<const uint8_t>, std::span<const double>)) {
    if (scores.empty() && !truth.empty()) return Metric{.name = std::move(name), .value = std::nullopt, .reason = "there are no scores"};
    return metric_of(std::move(name), measure(truth, scores));
  };
  return {of_counts("accuracy", accuracy),
          of_counts("balanced_accuracy", balanced_accuracy),
          of_counts("precision", precision),
          of_counts("recall", recall),
          of_counts("f1", f1),
          of_counts("matthews_corrcoef", matthews_corrcoef),
          of_scores("roc_auc", roc_auc),
          of_scores("average_precision", average_precision),
          of_scores("log_loss", log_loss),
          of_scores("brier_score", brier_score)};
}

std::vector<Metric> measure_multiclass(std::span<const std::string> truth, std::span<const std::string> predicted) {
  const auto confusion = Confusion::of(truth, predicted);
  const auto of = [&](std::string name, double (Confusion::*measure)() const) {
    return metric_of(std::move(name), confusion.map([&](const Confusion& counted) { return (counted.*measure)(); }));
  };
  return {of("accuracy", &Confusion::accuracy),
          of("balanced_accuracy", &Confusion::balanced_accuracy),
          of("precision_macro", &Confusion::precision_macro),
          of("recall_macro", &Confusion::recall_macro),
          of("f1_macro", &Confusion::f1_macro),
          of("f1_weighted", &Confusion::f1_weighted),
          of("matthews_corrcoef", &Confusion::matthews_corrcoef)};
}

std::vector<Metric> measure_regression(std::span<const double> truth, std::span<const double> predicted) {
  return {metric_of("mean_absolute_error", mean_absolute_error(truth, predicted)),
          metric_of("mean_squared_error", mean_squared_error(truth, predicted)),
          metric_of("root_mean_squared_error", root_mean_squared_error(truth, predicted)),
          metric_of("median_absolute_error", median_absolute_error(truth, predicted)),
          metric_of("mean_absolute_percentage_error", mean_absolute_percentage_error(truth, predicted)),
          metric_of("max_error", max_error(truth, predicted)),
          metric_of("r2", r2(truth, predicted))};
}

}  // namespace mops::stats
