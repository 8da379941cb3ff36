#pragma once

#include "stats/heavy_hitters.h"
#include "stats/quantile_sketch.h"

#include <variant>

namespace mops::stats {

/// How the values of one column are spread: numbers by quantiles, texts by their counts. Several that saw different rows merge to what
/// one would know that had seen them all. Not synchronised.
struct ColumnSketch {
  std::variant<QuantileSketch, HeavyHitters> values;
  uint64_t missing = 0;  ///< rows without a value, NaN among them

  static ColumnSketch of_numbers(size_t width = QuantileSketch::k_width) { return {.values = QuantileSketch(width)}; }
  static ColumnSketch of_texts(size_t most = HeavyHitters::k_most) { return {.values = HeavyHitters(most)}; }

  /// Requires a sketch of numbers.
  void add(double value);
  /// Requires a sketch of texts.
  void add(std::string_view text);
  /// Requires the same kind.
  void merge(const ColumnSketch& other);

  /// Rows that were seen, missing values among them.
  [[nodiscard]] uint64_t rows() const;
};

}  // namespace mops::stats
