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

/// One sort: items are spread over buckets by the leading bits in which their keys differ, so that keys of a narrow range (probabilities) are
/// spread as well as any; then each bucket in the same way, which is small enough for the cache. Each step takes at least one bit off the range.
template <typename Item, typename KeyOf>
class BucketSort {
 public:
  explicit BucketSort(const KeyOf& key_of) : key_of_(key_of) {}

  /// The sorted items are left in `items`; `other` has as many places.
  void sort(Item* items, Item* other, uint32_t count) {
    if (count <= k_few) return insert(items, count);
    uint64_t least = key_of_(items[0]);
    uint64_t most = least;
    for (uint32_t i = 1; i < count; ++i) {
      least = std::min(least, key_of_(items[i]));
      most = std::max(most, key_of_(items[i]));
    }
    if (least == most) return;
    const int range_bits = std::bit_width(most - least);
    // A few items over many buckets would cost more than it saves.
    const int bits = std::min({k_bucket_bits, range_bits, static_cast<int>(std::bit_width(count / 2))});
    const int shift = range_bits - bits;
    const auto bucket_of = [&](const Item& item) { return (key_of_(item) - least) >> shift; };
    std::array<uint32_t, k_buckets + 1> ends;
    std::fill_n(ends.begin(), (size_t{1} << bits) + 1, 0);
    for (uint32_t i = 0; i < count; ++i) ++ends[bucket_of(items[i]) + 1];
    for (size_t bucket = 1; bucket <= size_t{1} << bits; ++bucket) ends[bucket] += ends[bucket - 1];
    for (uint32_t i = 0; i < count; ++i) other[ends[bucket_of(items[i])]++] = items[i];
    std::copy_n(other, count, items);
    if (shift == 0) return;
    uint32_t begin = 0;
    for (size_t bucket = 0; bucket < size_t{1} << bits; ++bucket) {
      const uint32_t end = ends[bucket];
      if (end - begin > 1) sort(items + begin, other + begin, end - begin);
      begin = end;
    }
  }

 private:
  static constexpr uint32_t k_few = 32;
  static constexpr int k_bucket_bits = 12;
  static constexpr size_t k_buckets = size_t{1} << k_bucket_bits;

  void insert(Item* items, uint32_t count) {
    for (uint32_t i = 1; i < count; ++i) {
      const Item item = items[i];
      uint32_t at = i;
      for (; at > 0 && key_of_(item) < key_of_(items[at - 1]); --at) items[at] = items[at - 1];
      items[at] = item;
    }
  }

  const KeyOf& key_of_;
};

/// Sorts by key_of(item), a uint64_t, from low to high; items of equal keys keep their order. O(n) for what numbers usually are like, O(n log n) at
/// worst. Takes the size of `items` once more.
template <typename Item, typename KeyOf>
void radix_sort(std::vector<Item>& items, const KeyOf& key_of) {
  if (items.size() > UINT32_MAX) {
    std::stable_sort(items.begin(), items.end(), [&](const Item& a, const Item& b) { return key_of(a) < key_of(b); });
    return;
  }
  std::vector<Item> other(items.size());
  BucketSort<Item, KeyOf>(key_of).sort(items.data(), other.data(), static_cast<uint32_t>(items.size()));
}

}  // namespace mops::stats
