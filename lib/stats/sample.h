#pragma once

#include "stats/metric.h"
#include "stats/recount.h"

#include <memory>

namespace mops::stats {

/// The truth and one model's predictions for the same rows, with their weights: what is measured, resampled, sliced and compared.
class Sample {
 public:
  virtual ~Sample() = default;

  [[nodiscard]] virtual MetricKind kind() const = 0;
  [[nodiscard]] virtual size_t rows() const = 0;
  /// As measure_binary and its like do.
  [[nodiscard]] virtual std::vector<Metric> measure(MetricNames wanted) const = 0;
  /// Whether each row's class was predicted, 0 or 1; empty for numbers.
  [[nodiscard]] virtual std::vector<uint8_t> is_right() const = 0;
  /// Some of the rows, in the order given.
  [[nodiscard]] virtual std::unique_ptr<Sample> of_rows(std::span<const uint32_t> rows) const = 0;

  /// For resampling. `names`: metrics that it has a value of, in the order of `metrics_of`. Does not borrow from the sample.
  [[nodiscard]] virtual std::unique_ptr<Recount> prepare(std::vector<std::string_view> names) const = 0;
  /// The order of rows in which what `prepare` makes is fastest; empty: as they are.
  [[nodiscard]] virtual std::vector<uint32_t> fastest_order() const = 0;
};

/// The values of some rows; of none where there are none.
template <typename Value>
std::vector<Value> values_of_rows(const std::vector<Value>& values, std::span<const uint32_t> rows) {
  std::vector<Value> chosen;
  if (values.empty()) return chosen;
  chosen.reserve(rows.size());
  for (const uint32_t row : rows) chosen.push_back(values[row]);
  return chosen;
}

}  // namespace mops::stats
