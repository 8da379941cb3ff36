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

size_t Histogram::bin_of(uint64_t nanoseconds) {
  const int exponent = std::bit_width(nanoseconds) - 1;
  if (exponent < k_first_octave) return 0;
  if (exponent >= k_end_octave) return k_bins - 1;
  const auto mantissa = static_cast<size_t>(nanoseconds >> (exponent - 4)) & (k_bins_per_octave - 1);
  return 1 + static_cast<size_t>(exponent - k_first_octave) * k_bins_per_octave + mantissa;
}

uint64_t Histogram::lower_end(size_t bin) {
  if (bin == 0) return 0;
  const size_t step = std::min(bin, k_bins - 1) - 1;
  return (k_bins_per_octave + step % k_bins_per_octave) << (k_first_octave - 4 + step / k_bins_per_octave);
}

uint64_t Histogram::upper_end(size_t bin) { return bin + 1 >= k_bins ? UINT64_MAX : lower_end(bin + 1); }

void Histogram::record_n(uint64_t nanoseconds, uint64_t times) {
  if (times == 0) return;
  counts_[bin_of(nanoseconds)] += times;
  count_ += times;
  sum_ = saturating_add(sum_, saturating_multiply(nanoseconds, times));
  min_ = std::min(min_, nanoseconds);
  max_ = std::max(max_, nanoseconds);
}

void Histogram::merge(const Histogram& other) {
  for (size_t bin = 0; bin < k_bins; ++bin) counts_[bin] += other.counts_[bin];
  count_ += other.count_;
  sum_ = saturating_add(sum_, other.sum_);
  min_ = std::min(min_, other.min_);
  max_ = std::max(max_, other.max_);
}

uint64_t Histogram::quantile(double q) const {
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

std::vector<Histogram::Bucket> Histogram::buckets() const {
  std::vector<Bucket> found;
  for (size_t bin = 0; bin < k_bins; ++bin) {
    if (counts_[bin] != 0) found.push_back({.bin = static_cast<uint16_t>(bin), .count = counts_[bin]});
  }
  return found;
}

std::optional<Histogram> Histogram::restore(std::span<const Bucket> buckets, uint64_t min, uint64_t max, uint64_t sum) {
  Histogram restored;
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

}  // namespace mops::stats
