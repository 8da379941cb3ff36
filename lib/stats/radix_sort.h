#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <vector>

namespace mops::stats {

/// Maps finite doubles to integers of the same order: negative numbers mirrored below the positive ones, both zeros one.
inline uint64_t order_key(double value) {
  const auto bits = std::bit_cast<uint64_t>(value + 0.0);  // + 0.0 makes one zero of the two
  return (bits >> 63) != 0 ? ~bits : bits | (uint64_t{1} << 63);
}

/// Sorts by key_of(item), a uint64_t, from low to high; items of equal keys keep their order. Least significant digit first;
/// all digits are counted in one go, digits that all keys share are skipped. Takes the size of `items` once more.
template <typename Item, typename KeyOf>
void radix_sort(std::vector<Item>& items, const KeyOf& key_of) {
  constexpr size_t k_small = 2048;
  constexpr int k_digit_bits = 11;
  constexpr size_t k_digits = size_t{1} << k_digit_bits;
  constexpr size_t k_passes = 6;
  if (items.size() < k_small || items.size() > UINT32_MAX) {
    std::stable_sort(items.begin(), items.end(), [&](const Item& a, const Item& b) { return key_of(a) < key_of(b); });
    return;
  }
  std::vector<std::array<uint32_t, k_digits>> counts_of_pass(k_passes);
  for (const Item& item : items) {
    const uint64_t key = key_of(item);
    for (size_t pass = 0; pass < k_passes; ++pass) ++counts_of_pass[pass][(key >> (pass * k_digit_bits)) & (k_digits - 1)];
  }
  std::vector<Item> other(items.size());
  for (size_t pass = 0; pass < k_passes; ++pass) {
    auto& counts = counts_of_pass[pass];
    const size_t shift = pass * k_digit_bits;
    if (counts[(key_of(items.front()) >> shift) & (k_digits - 1)] == items.size()) continue;
    uint32_t place = 0;
    for (uint32_t& count : counts) {
      const uint32_t here = count;
      count = place;
      place += here;
    }
    for (const Item& item : items) other[counts[(key_of(item) >> shift) & (k_digits - 1)]++] = item;
    items.swap(other);
  }
}

}  // namespace mops::stats
