#include "stats/sorted_scores.h"

#include "stats/radix_sort.h"

#include <algorithm>

namespace mops::stats {

SortedScores::SortedScores(std::span<const uint8_t> truth, std::span<const double> scores) {
  const auto positive = static_cast<size_t>(std::count_if(truth.begin(), truth.end(), [](uint8_t value) { return value != 0; }));
  positive_.reserve(positive);
  negative_.reserve(truth.size() - positive);
  for (size_t i = 0; i < truth.size(); ++i) (truth[i] != 0 ? positive_ : negative_).push_back(order_key(scores[i]));
  const auto itself = [](uint64_t key) { return key; };
  radix_sort(positive_, itself);
  radix_sort(negative_, itself);
}

}  // namespace mops::stats
