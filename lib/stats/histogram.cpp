#include "stats/histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace mops::stats {
namespace {

uint64_t saturating_add(uint64_t a, uint64_t b) {
  uint64_t sum = 0;
  return __builtin_add_overflow(a, b, &sum) ? UINT64_MAX : sum;
}

uint64_t saturating_multiply(uint64_t a, uint64_t b) {
  uint64_t product = 0;
  return __builtin_mul_overflow(a, b, &product) ? UINT64_MAX : product;
}

}  // namespace

template <int k_mantissa_bits>
size_t LogHistogram<k_mantissa_bits>::bin_of(uint64_t nanoseconds) {
  const int exponent = std::bit_width(nanoseconds) - 1;
  if (exponent < k_first_octave) return 0;
  if (exponent >= k_end_octave) return k_bins - 1;
  const auto mantissa = static_cast<size_t>(nanoseconds >> (exponent - k_mantissa_bits)) & (k_bins_per_octave - 1);
  return 1 + static_cast<size_t>(exponent - k_first_octave) * k_bins_per_octave + mantissa;
}

template <int k_mantissa_bits>
uint64_t LogHistogram<k_mantissa_bits>::lower_end(size_t bin) {
  if (bin == 0) return 0;
  const size_t step = std::min(bin, k_bins - 1) - 1;
  return (k_bins_per_octave + step % k_bins_per_octave) << (k_first_octave - k_mantissa_bits + static_cast<int>(step / k_bins_per_octave));
}

template <int k_mantissa_bits>
uint64_t LogHistogram<k_mantissa_bits>::upper_end(size_t bin) { return bin + 1 >= k_bins ? UINT64_MAX : lower_end(bin + 1); }

template <int k_mantissa_bits>
void LogHistogram<k_mantissa_bits>::record_n(uint64_t nanoseconds, uint64_t times) {
  if (times == 0) return;
  counts_[bin_of(nanoseconds)] += times;
  count_ += times;
  sum_ = saturating_add(sum_, saturating_multiply(nanoseconds, times));
  min_ = std::min(min_, nanoseconds);
  max_ = std::max(max_, nanoseconds);
}

template <int k_mantissa_bits>
template <int k_other_bits>
  requires(k_other_bits >= k_mantissa_bits)
void LogHistogram<k_mantissa_bits>::merge(const LogHistogram<k_other_bits>& other) {
  // The bins nest: the first one and the last one are the same, and between them so many finer ones make a coarser one.
  constexpr size_t k_last = LogHistogram<k_other_bits>::k_bins - 1;
  counts_[0] += other.counts_[0];
  for (size_t bin = 1; bin < k_last; ++bin) counts_[1 + ((bin - 1) >> (k_other_bits - k_mantissa_bits))] += other.counts_[bin];
  counts_[k_bins - 1] += other.counts_[k_last];
  count_ += other.count_;
  sum_ = saturating_add(sum_, other.sum_);
  min_ = std::min(min_, other.min_);
  max_ = std::max(max_, other.max_);
}

template <int k_mantissa_bits>
uint64_t LogHistogram<k_mantissa_bits>::quantile(double q) const {
  if (count_ == 0) return 0;
  if (!(q > 0)) return min_;
  if (q >= 1) return max_;
  const double rank = q * static_cast<double>(count_);
  double before = 0;
  for (size_t bin = 0; bin < k_bins; ++bin) {
    const auto here = static_cast<double>(counts_[bin]);
    if (here == 0 || before + here < rank) {
      before += here;
      continue;
    }
    // The first and last bin that is used ends at the exact extreme, not at its own edge.
    const auto low = static_cast<double>(std::max(lower_end(bin), min_));
    const auto high = static_cast<double>(std::min(upper_end(bin), max_));
    const auto value = static_cast<uint64_t>(std::llround(low + (high - low) * (rank - before) / here));
    return std::clamp(value, min_, max_);
  }
  return max_;
}

template <int k_mantissa_bits>
std::vector<HistogramBucket> LogHistogram<k_mantissa_bits>::buckets() const {
  std::vector<Bucket> found;
  for (size_t bin = 0; bin < k_bins; ++bin) {
    if (counts_[bin] != 0) found.push_back({.bin = static_cast<uint16_t>(bin), .count = counts_[bin]});
  }
  return found;
}

template <int k_mantissa_bits>
std::optional<LogHistogram<k_mantissa_bits>> LogHistogram<k_mantissa_bits>::restore(std::span<const Bucket> buckets, uint64_t min, uint64_t max, uint64_t sum) {
  LogHistogram restored;
  if (buckets.empty()) return min == 0 && max == 0 && sum == 0 ? std::optional(restored) : std::nullopt;
  size_t next_bin = 0;
  for (const Bucket& bucket : buckets) {
    if (bucket.bin < next_bin || bucket.bin >= k_bins || bucket.count == 0) return std::nullopt;
    next_bin = bucket.bin + size_t{1};
    restored.counts_[bucket.bin] = bucket.count;
    if (__builtin_add_overflow(restored.count_, bucket.count, &restored.count_)) return std::nullopt;
  }
  if (min > max || bin_of(min) != buckets.front().bin || bin_of(max) != buckets.back().bin) return std::nullopt;
  restored.min_ = min;
  restored.max_ = max;
  restored.sum_ = sum;
  return restored;
}

template class LogHistogram<4>;
template class LogHistogram<8>;
template void LogHistogram<4>::merge(const LogHistogram<4>& other);
template void LogHistogram<4>::merge(const LogHistogram<8>& other);
template void LogHistogram<8>::merge(const LogHistogram<8>& other);

}  // namespace mops::stats
