#include "stats/quantile_sketch.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace mops::stats {

namespace {

constexpr size_t k_least_capacity = 8;
/// So that counts stay below 2^63.
constexpr size_t k_most_levels = 40;

}  // namespace

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
  return std::max(k_least_capacity, static_cast<size_t>(std::ceil(static_cast<double>(width_) * std::pow(2.0 / 3.0, depth))));
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
  for (size_t i = chance_.next() >> 63; i < values.size(); i += 2) levels_[level + 1].push_back(values[i]);
}

double QuantileSketch::quantile(double q) const { return quantiles({q}).front(); }

std::vector<double> QuantileSketch::quantiles(const std::vector<double>& shares) const {
  std::vector<std::pair<double, uint64_t>> values;
  for (size_t level = 0; level < levels_.size(); ++level) {
    for (const double value : levels_[level]) values.emplace_back(value, uint64_t{1} << level);
  }
  std::sort(values.begin(), values.end());
  std::vector<double> found;
  found.reserve(shares.size());
  size_t at = 0;
  uint64_t below = values.empty() ? 0 : values[0].second;
  for (const double share : shares) {
    const double wanted = share * static_cast<double>(count_);
    while (at + 1 < values.size() && static_cast<double>(below) < wanted) below += values[++at].second;
    if (share <= 0 || values.empty()) found.push_back(min_);
    else found.push_back(share >= 1 ? max_ : values[at].first);
  }
  return found;
}

Result<QuantileSketch> QuantileSketch::of(Content content, size_t width) {
  if (content.levels.empty() || content.levels.size() > k_most_levels)
    return fail(ErrorCode::invalid, fmt::format("found {} levels, expected 1 to {}", content.levels.size(), k_most_levels));
  QuantileSketch sketch(width);
  for (size_t level = 0; level < content.levels.size(); ++level) {
    for (const double value : content.levels[level])
      if (!(value >= content.min && value <= content.max))
        return fail(ErrorCode::invalid, fmt::format("found {}, expected a value from the least, {}, to the greatest, {}", value, content.min, content.max));
    sketch.count_ += static_cast<uint64_t>(content.levels[level].size()) << level;
  }
  if (sketch.count_ > 0) {
    sketch.min_ = content.min;
    sketch.max_ = content.max;
  }
  sketch.levels_ = std::move(content.levels);
  sketch.shrink();
  return sketch;
}

}  // namespace mops::stats
