#pragma once

#include "stats/class_scores.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mops::stats {

/// One measured number. Without a value, `reason` says why it is undefined ("the truth has only one class").
struct Metric {
  std::string name;
  std::optional<double> value;
  std::string reason = {};
};

/// What a metric is about, and which way is better. Names are those of scikit-learn's scorers, losses without `neg_`.
enum class MetricKind { binary, multiclass, regression };
enum class Better { higher, lower };
enum class Needs { prediction, score };
struct MetricInfo {
  std::string_view name;
  Better better;
  Needs needs;
};

/// All metrics of a kind, in the order in which they are shown.
[[nodiscard]] std::span<const MetricInfo> metrics_of(MetricKind kind);
/// nullptr when the kind has no metric of that name.
[[nodiscard]] const MetricInfo* find_metric(MetricKind kind, std::string_view name);
/// Of any kind: where several have it, it means the same. nullptr when none has.
[[nodiscard]] const MetricInfo* find_metric(std::string_view name);

/// Only these metrics; empty: all.
using MetricNames = std::span<const std::string>;

/// Rows with several classes. `classes` are all that `truth` and `predicted` have, sorted by bytes; these hold indices of them.
struct MulticlassRows {
  std::span<const std::string> classes;
  std::span<const uint32_t> truth;
  std::span<const uint32_t> predicted;
  ClassScores scores = {};  ///< of no class: what needs scores is undefined
  std::span<const double> weights = {};
};

/// Each metric of the kind, in the order of `metrics_of`. Where a definition (classification.h, class_scores.h, regression.h) is
/// undefined for this input, also since it is empty or of unequal lengths, the metric has a reason instead of a value.
/// `truth` and `predicted` are 0 or 1. `scores` may be empty: then what needs them is undefined. `weights`: one a row, or none.
[[nodiscard]] std::vector<Metric> measure_binary(std::span<const uint8_t> truth, std::span<const double> scores, std::span<const uint8_t> predicted,
                                                 std::span<const double> weights = {}, MetricNames wanted = {});
[[nodiscard]] std::vector<Metric> measure_multiclass(const MulticlassRows& rows, MetricNames wanted = {});
[[nodiscard]] std::vector<Metric> measure_multiclass(std::span<const std::string> truth, std::span<const std::string> predicted);
[[nodiscard]] std::vector<Metric> measure_regression(std::span<const double> truth, std::span<const double> predicted,
                                                     std::span<const double> weights = {}, MetricNames wanted = {}, double quantile = 0.5);

}  // namespace mops::stats
