#pragma once

#include "stats/classification.h"
#include "stats/sample.h"

namespace mops::stats {

/// Two classes. `scores` and `weights` may be empty.
class BinarySample final : public Sample {
 public:
  struct Columns {
    std::vector<uint8_t> truth;  ///< 0 or 1, as `predicted`
    std::vector<double> scores;
    std::vector<uint8_t> predicted;
    std::vector<double> weights = {};
  };

  explicit BinarySample(Columns columns) : columns_(std::move(columns)) {}
  [[nodiscard]] const Columns& columns() const { return columns_; }
  [[nodiscard]] Result<BinaryCounts> counts() const { return count_binary(columns_.truth, columns_.predicted, columns_.weights); }

  [[nodiscard]] MetricKind kind() const override { return MetricKind::binary; }
  [[nodiscard]] size_t rows() const override { return columns_.truth.size(); }
  [[nodiscard]] std::vector<Metric> measure(MetricNames wanted) const override;
  [[nodiscard]] std::vector<uint8_t> is_right() const override;
  [[nodiscard]] std::unique_ptr<Sample> of_rows(std::span<const uint32_t> rows) const override;
  [[nodiscard]] std::unique_ptr<Recount> prepare(std::vector<std::string_view> names) const override;
  [[nodiscard]] std::vector<uint32_t> fastest_order() const override;

 private:
  Columns columns_;
};

/// Several classes. `scores` (one column for each of `score_classes`) and `weights` may be empty.
class MulticlassSample final : public Sample {
 public:
  struct Columns {
    std::vector<std::string> classes;  ///< of `truth` and `predicted`, sorted by bytes
    std::vector<uint32_t> truth;
    std::vector<uint32_t> predicted;
    std::vector<std::string> score_classes = {};  ///< sorted by bytes
    std::vector<std::vector<double>> scores = {};
    std::vector<double> weights = {};
  };

  explicit MulticlassSample(Columns columns) : columns_(std::move(columns)) {}
  [[nodiscard]] const Columns& columns() const { return columns_; }
  [[nodiscard]] MulticlassRows view() const;
  [[nodiscard]] Result<Confusion> confusion() const { return Confusion::of(columns_.classes, columns_.truth, columns_.predicted, columns_.weights); }

  [[nodiscard]] MetricKind kind() const override { return MetricKind::multiclass; }
  [[nodiscard]] size_t rows() const override { return columns_.truth.size(); }
  [[nodiscard]] std::vector<Metric> measure(MetricNames wanted) const override;
  [[nodiscard]] std::vector<uint8_t> is_right() const override;
  /// Only with the classes that these rows have.
  [[nodiscard]] std::unique_ptr<Sample> of_rows(std::span<const uint32_t> rows) const override;
  [[nodiscard]] std::unique_ptr<Recount> prepare(std::vector<std::string_view> names) const override;
  [[nodiscard]] std::vector<uint32_t> fastest_order() const override;

 private:
  Columns columns_;
};

/// Numbers.
class RegressionSample final : public Sample {
 public:
  struct Columns {
    std::vector<double> truth;
    std::vector<double> predicted;
    std::vector<double> weights = {};
    double quantile = 0.5;  ///< of mean_pinball_loss
  };

  explicit RegressionSample(Columns columns) : columns_(std::move(columns)) {}
  [[nodiscard]] const Columns& columns() const { return columns_; }

  [[nodiscard]] MetricKind kind() const override { return MetricKind::regression; }
  [[nodiscard]] size_t rows() const override { return columns_.truth.size(); }
  [[nodiscard]] std::vector<Metric> measure(MetricNames wanted) const override;
  [[nodiscard]] std::vector<uint8_t> is_right() const override;
  [[nodiscard]] std::unique_ptr<Sample> of_rows(std::span<const uint32_t> rows) const override;
  [[nodiscard]] std::unique_ptr<Recount> prepare(std::vector<std::string_view> names) const override;
  [[nodiscard]] std::vector<uint32_t> fastest_order() const override;

 private:
  Columns columns_;
};

}  // namespace mops::stats
