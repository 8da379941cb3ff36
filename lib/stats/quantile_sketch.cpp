#include "stats/quantile_sketch.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace mops::stats {

namespace {
constexpr size_t k_least_capacity = 8;
}

void QuantileSketch::add(double value) {
  min_ = count_ == 0 ? value : std::min(min_, value);
  max_ = count_ == 0 ? value : std::max(max_, value);
  ++count_;
  levels_[0].push_back(value);
  if (levels_[0].size() > capacity(0)) shrink();
}

void QuantileSketch::merge(const QuantileSketch& other) {
  if (other.count_ == 0) return;
  min_ = count_ == 0 ? other.min_ : std::min(min_, other.min_);
  max_ = count_ == 0 ? other.max_ : std::max(max_, other.max_);
  count_ += other.count_;
  levels_.resize(std::max(levels_.size(), other.levels_.size()));
  for (size_t level = 0; level < other.levels_.size(); ++level) {
    // By index: `other` may be this sketch.
    for (size_t i = 0, size = other.levels_[level].size(); i < size; ++i) levels_[level].push_back(other.levels_[level][i]);
  }
  shrink();
}

size_t QuantileSketch::size() const {
  size_t size = 0;
  for (const auto& level : levels_) size += level.size();
  return size;
}

/// Lower levels weigh less and may be rougher.
size_t QuantileSketch::capacity(size_t level) const {
  const double depth = static_cast<double>(levels_.size() - 1 - level);
  return std::max(k_least_capacity, static_cast<size_t>(std::ceil(static_cast<double>(k_width) * std::pow(2.0 / 3.0, depth))));
}

void QuantileSketch::shrink() {
  // A new top makes the levels below it smaller, so that one of them may be full again.
  for (size_t level = 0; level < levels_.size();) {
    if (levels_[level].size() <= capacity(level)) {
      ++level;
      continue;
    }
    halve(level);
    level = 0;
  }
}

/// Every second value, by chance the odd or the even ones, goes one level up and stands for both.
void QuantileSketch::halve(size_t level) {
  if (level + 1 == levels_.size()) levels_.emplace_back();
  std::vector<double> values = std::exchange(levels_[level], {});
  std::sort(values.begin(), values.end());
  if (values.size() % 2 == 1) {
    levels_[level].push_back(values.back());
    values.pop_back();
  }
  for (size_t i = flip() ? 1 : 0; i < values.size(); i += 2) levels_[level + 1].push_back(values[i]);
}

/// xorshift64*.
bool QuantileSketch::flip() {
  random_ ^= random_ >> 12;
  random_ ^= random_ << 25;
  random_ ^= random_ >> 27;
  return (random_ * 0x2545f4914f6cdd1d) >> 63 != 0;
}

double QuantileSketch::quantile(double q) const {
  if (q <= 0 || count_ == 0) return min_;
  if (q >= 1) return max_;
  std::vector<std::pair<double, uint64_t>> values;
  for (size_t level = 0; level < levels_.size(); ++level) {
    for (const double value : levels_[level]) values.emplace_back(value, uint64_t{1} << level);
  }
  std::sort(values.begin(), values.end());
  const double wanted = q * static_cast<double>(count_);
  uint64_t below = 0;
  for (const auto& [value, weight] : values) {
    below += weight;
    if (static_cast<double>(below) >= wanted) return value;
  }
  return max_;
}

}  // namespace mops::stats
