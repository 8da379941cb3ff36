#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace mops::stats {

/// Quantiles of any number of values in at most about 5 kB (Karnin, Lang, Liberty 2016): ranks are wrong by less than 2 % of the
/// count in 99 of 100 sketches, however it was merged together; up to `k_width` values are kept exactly. Smallest and largest
/// value are exact. The same values in the same order make the same sketch everywhere. Not synchronised.
class QuantileSketch {
 public:
  static constexpr size_t k_width = 200;

  /// Any number but NaN.
  void add(double value);
  /// As if all values of `other` had been added.
  void merge(const QuantileSketch& other);

  [[nodiscard]] uint64_t count() const { return count_; }
  /// 0 when empty, like `max` and `quantile`.
  [[nodiscard]] double min() const { return min_; }
  [[nodiscard]] double max() const { return max_; }
  /// One of the values: about the share `q` of all lies at or below it. `q` <= 0 is the minimum, `q` >= 1 the maximum.
  [[nodiscard]] double quantile(double q) const;
  /// Values kept.
  [[nodiscard]] size_t size() const;

 private:
  [[nodiscard]] size_t capacity(size_t level) const;
  void shrink();
  void halve(size_t level);
  bool flip();

  std::vector<std::vector<double>> levels_{1};  ///< a value on level i stands for 2^i
  uint64_t count_ = 0;
  double min_ = 0;
  double max_ = 0;
  uint64_t random_ = 0x9e3779b97f4a7c15;
};

}  // namespace mops::stats
