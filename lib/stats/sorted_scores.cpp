#include "stats/sorted_scores.h"

#include <algorithm>
#include <array>
#include <bit>

namespace mops::stats {
namespace {

constexpr size_t k_small = 2048;
constexpr int k_digit_bits = 11;
constexpr size_t k_digits = size_t{1} << k_digit_bits;
constexpr int k_passes = 6;

/// Maps doubles to integers of the same order: negative numbers mirrored below the positive ones.
uint64_t key_of(double score) {
  const auto bits = std::bit_cast<uint64_t>(score + 0.0);  // + 0.0 makes one zero of the two
  return (bits >> 63) != 0 ? ~bits : bits | (uint64_t{1} << 63);
}

/// Least significant digit first; all digits are counted in one go, digits that all keys share are skipped.
void radix_sort(std::vector<uint64_t>& keys) {
  if (keys.size() < k_small || keys.size() > UINT32_MAX) {
    std::sort(keys.begin(), keys.end());
    return;
  }
  std::vector<std::array<uint32_t, k_digits>> counts_of_pass(k_passes);
  for (const uint64_t key : keys) {
    for (int pass = 0; pass < k_passes; ++pass) ++counts_of_pass[static_cast<size_t>(pass)][(key >> (pass * k_digit_bits)) & (k_digits - 1)];
  }
  std::vector<uint64_t> other(keys.size());
  for (int pass = 0; pass < k_passes; ++pass) {
    auto& counts = counts_of_pass[static_cast<size_t>(pass)];
    const int shift = pass * k_digit_bits;
    if (counts[(keys.front() >> shift) & (k_digits - 1)] == keys.size()) continue;
    uint32_t place = 0;
    for (uint32_t& count : counts) {
      const uint32_t here = count;
      count = place;
      place += here;
    }
    for (const uint64_t key : keys) other[counts[(key >> shift) & (k_digits - 1)]++] = key;
    keys.swap(other);
  }
}

}  // namespace

SortedScores::SortedScores(std::span<const uint8_t> truth, std::span<const double> scores) {
  const auto positive = static_cast<size_t>(std::count_if(truth.begin(), truth.end(), [](uint8_t value) { return value != 0; }));
  positive_.reserve(positive);
  negative_.reserve(truth.size() - positive);
  for (size_t i = 0; i < truth.size(); ++i) (truth[i] != 0 ? positive_ : negative_).push_back(key_of(scores[i]));
  radix_sort(positive_);
  radix_sort(negative_);
}

}  // namespace mops::stats
