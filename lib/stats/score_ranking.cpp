#include "stats/score_ranking.h"

#include "stats/radix_sort.h"

namespace mops::stats {
namespace {

struct KeyedRow {
  uint64_t key = 0;
  uint32_t row = 0;
};

}  // namespace

ScoreRanking::ScoreRanking(std::span<const uint8_t> truth, std::span<const double> scores) {
  std::vector<KeyedRow> keyed;
  keyed.reserve(truth.size());
  // The sort keeps the order of equal keys, so positive rows stay before negative ones.
  for (const bool positive : {true, false}) {
    for (uint32_t row = 0; row < truth.size(); ++row) {
      if ((truth[row] != 0) == positive) keyed.push_back({.key = ~order_key(scores[row]), .row = row});
    }
  }
  radix_sort(keyed, [](const KeyedRow& item) { return item.key; });
  rows_.reserve(keyed.size());
  for (uint32_t place = 0; place < keyed.size(); ++place) {
    const uint32_t row = keyed[place].row;
    rows_.push_back(row);
    if (place == 0 || keyed[place - 1].key != keyed[place].key) groups_.push_back({.begin = place, .negative = place, .end = place});
    groups_.back().end = place + 1;
    if (truth[row] != 0) groups_.back().negative = place + 1;
  }
}

WeightedScores::WeightedScores(std::span<const uint8_t> truth, std::span<const double> scores, std::span<const double> weights)
    : ranking_(truth, scores), weights_(weights) {
  from_high_to_low([this](ScoreGroup group) {
    positive_ += group.positive;
    negative_ += group.negative;
  });
}

}  // namespace mops::stats
