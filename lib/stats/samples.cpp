#include "stats/samples.h"

#include "stats/recounts.h"
#include "stats/score_ranking.h"

namespace mops::stats {
namespace {

template <typename Class>
std::vector<uint8_t> equal_rows(const std::vector<Class>& truth, const std::vector<Class>& predicted) {
  std::vector<uint8_t> equal(truth.size());
  for (size_t row = 0; row < equal.size(); ++row) equal[row] = truth[row] == predicted[row] ? 1 : 0;
  return equal;
}

}  // namespace

std::vector<uint8_t> BinarySample::is_right() const { return equal_rows(columns_.truth, columns_.predicted); }
std::vector<uint8_t> MulticlassSample::is_right() const { return equal_rows(columns_.truth, columns_.predicted); }
std::vector<uint8_t> RegressionSample::is_right() const { return {}; }

std::unique_ptr<Recount> BinarySample::prepare(std::vector<std::string_view> names) const { return make_recount(columns_, std::move(names)); }
std::unique_ptr<Recount> MulticlassSample::prepare(std::vector<std::string_view> names) const { return make_recount(columns_, std::move(names)); }
std::unique_ptr<Recount> RegressionSample::prepare(std::vector<std::string_view> names) const { return make_recount(columns_, std::move(names)); }

std::vector<uint32_t> BinarySample::fastest_order() const {
  if (columns_.scores.empty()) return {};
  const ScoreRanking ranking(columns_.truth, columns_.scores);
  return {ranking.rows().begin(), ranking.rows().end()};
}
std::vector<uint32_t> MulticlassSample::fastest_order() const { return {}; }
std::vector<uint32_t> RegressionSample::fastest_order() const { return {}; }

std::vector<Metric> BinarySample::measure(MetricNames wanted) const {
  return measure_binary(columns_.truth, columns_.scores, columns_.predicted, columns_.weights, wanted);
}

std::unique_ptr<Sample> BinarySample::of_rows(std::span<const uint32_t> rows) const {
  return std::make_unique<BinarySample>(Columns{.truth = values_of_rows(columns_.truth, rows),
                                                .scores = values_of_rows(columns_.scores, rows),
                                                .predicted = values_of_rows(columns_.predicted, rows),
                                                .weights = values_of_rows(columns_.weights, rows)});
}

MulticlassRows MulticlassSample::view() const {
  MulticlassRows rows{.classes = columns_.classes, .truth = columns_.truth, .predicted = columns_.predicted, .weights = columns_.weights};
  rows.scores.classes = columns_.score_classes;
  rows.scores.columns.assign(columns_.scores.begin(), columns_.scores.end());
  return rows;
}

std::vector<Metric> MulticlassSample::measure(MetricNames wanted) const { return measure_multiclass(view(), wanted); }

std::unique_ptr<Sample> MulticlassSample::of_rows(std::span<const uint32_t> rows) const {
  Columns chosen{.truth = values_of_rows(columns_.truth, rows),
                 .predicted = values_of_rows(columns_.predicted, rows),
                 .score_classes = columns_.score_classes,
                 .weights = values_of_rows(columns_.weights, rows)};
  for (const auto& column : columns_.scores) chosen.scores.push_back(values_of_rows(column, rows));
  std::vector<uint8_t> is_there(columns_.classes.size());
  for (const auto* side : {&chosen.truth, &chosen.predicted})
    for (const uint32_t index : *side) is_there[index] = 1;
  std::vector<uint32_t> place(is_there.size());
  for (size_t i = 0; i < is_there.size(); ++i) {
    place[i] = static_cast<uint32_t>(chosen.classes.size());
    if (is_there[i] != 0) chosen.classes.push_back(columns_.classes[i]);
  }
  for (auto* side : {&chosen.truth, &chosen.predicted})
    for (uint32_t& index : *side) index = place[index];
  return std::make_unique<MulticlassSample>(std::move(chosen));
}

std::vector<Metric> RegressionSample::measure(MetricNames wanted) const {
  return measure_regression(columns_.truth, columns_.predicted, columns_.weights, wanted, columns_.quantile);
}

std::unique_ptr<Sample> RegressionSample::of_rows(std::span<const uint32_t> rows) const {
  return std::make_unique<RegressionSample>(Columns{.truth = values_of_rows(columns_.truth, rows),
                                                    .predicted = values_of_rows(columns_.predicted, rows),
                                                    .weights = values_of_rows(columns_.weights, rows),
                                                    .quantile = columns_.quantile});
}

}  // namespace mops::stats
