#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace mops::stats {

/// One bin that is not empty, as it is written to documents. The bins' numbers are part of those formats.
struct HistogramBucket {
  uint16_t bin = 0;
  uint64_t count = 0;
  friend bool operator==(const HistogramBucket&, const HistogramBucket&) = default;
};

/// Durations in logarithmic bins: the exponent and the first bits of the mantissa, from 1.024 µs (2^10 ns) to 137 s (2^37 ns).
/// One bin below and one above take the rest; smallest and largest value are kept exactly. The layout is the same everywhere,
/// so histograms of threads, windows and machines add up; a finer one adds to a coarser one as if that had recorded it all.
/// No allocation but in `buckets`. Not synchronised: one writer, and readers get copies.
template <int k_mantissa_bits>
class LogHistogram {
 public:
  static constexpr int k_first_octave = 10;
  static constexpr int k_end_octave = 37;
  static constexpr size_t k_bins_per_octave = size_t{1} << k_mantissa_bits;
  static constexpr size_t k_bins = 2 + k_bins_per_octave * (k_end_octave - k_first_octave);
  static_assert(k_mantissa_bits <= k_first_octave, "a bin is at least one nanosecond wide");

  using Bucket = HistogramBucket;

  void record(uint64_t nanoseconds) { record_n(nanoseconds, 1); }
  void record_n(uint64_t nanoseconds, uint64_t times);
  template <int k_other_bits>
    requires(k_other_bits >= k_mantissa_bits)
  void merge(const LogHistogram<k_other_bits>& other);
  void clear() { *this = LogHistogram(); }

  [[nodiscard]] uint64_t count() const { return count_; }
  /// Of all values, in nanoseconds; stays at the largest number when it would overflow.
  [[nodiscard]] uint64_t sum() const { return sum_; }
  /// 0 when empty, like `max`, `mean` and `quantile`.
  [[nodiscard]] uint64_t min() const { return count_ == 0 ? 0 : min_; }
  [[nodiscard]] uint64_t max() const { return max_; }
  [[nodiscard]] double mean() const { return count_ == 0 ? 0.0 : static_cast<double>(sum_) / static_cast<double>(count_); }

  /// The value in nanoseconds below which the share `q` of all values lies, interpolated linearly inside its bin and never
  /// outside of [min, max]; `q` <= 0 is the exact minimum, `q` >= 1 the exact maximum.
  [[nodiscard]] uint64_t quantile(double q) const;

  /// The bins that are not empty, in rising order. With `min`, `max` and `sum` this is the whole histogram.
  [[nodiscard]] std::vector<Bucket> buckets() const;
  /// The histogram that gave these. Nothing when they contradict each other: unknown, repeated or unordered bin, empty
  /// bucket, minimum or maximum outside of the first or last bin.
  static std::optional<LogHistogram> restore(std::span<const Bucket> buckets, uint64_t min, uint64_t max, uint64_t sum);

  /// All bins in order, for tests on their counts (G-test).
  [[nodiscard]] const std::array<uint64_t, k_bins>& counts() const { return counts_; }
  [[nodiscard]] static size_t bin_of(uint64_t nanoseconds);
  /// A bin holds the values in [lower, upper). The last one has no upper end: the largest number.
  [[nodiscard]] static uint64_t lower_end(size_t bin);
  [[nodiscard]] static uint64_t upper_end(size_t bin);

  friend bool operator==(const LogHistogram&, const LogHistogram&) = default;

 private:
  template <int>
  friend class LogHistogram;

  std::array<uint64_t, k_bins> counts_{};
  uint64_t count_ = 0;
  uint64_t sum_ = 0;
  uint64_t min_ = UINT64_MAX;
  uint64_t max_ = 0;
};

/// 16 bins an octave, each at most 6.25 % wide; 3.5 kB: what gateways keep and certificates hold.
using Histogram = LogHistogram<4>;
/// 256 bins an octave, each at most 0.4 % wide; 55 kB: what a measurement reports.
using FineHistogram = LogHistogram<8>;

extern template class LogHistogram<4>;
extern template class LogHistogram<8>;
extern template void LogHistogram<4>::merge(const LogHistogram<4>& other);
extern template void LogHistogram<4>::merge(const LogHistogram<8>& other);
extern template void LogHistogram<8>::merge(const LogHistogram<8>& other);

}  // namespace mops::stats
