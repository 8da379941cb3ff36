#include "stats/bootstrap.h"

#include "stats/generator.h"
#include "stats/order.h"

#include <algorithm>
#include <cmath>

namespace mops::stats {
namespace {

/// Values of every resample, by metric.
using Distribution = std::vector<std::vector<double>>;

std::optional<Interval> interval_of(std::vector<double>& values, uint64_t resamples) {
  if (values.empty() || values.size() * 2 < resamples) return std::nullopt;
  std::sort(values.begin(), values.end());
  return Interval{.low = percentile(values, 0.025), .high = percentile(values, 0.975)};
}

std::unique_ptr<Recount> prepare(const Sample& sample, std::span<const uint32_t> order, const std::vector<std::string_view>& names) {
  return order.empty() ? sample.prepare(names) : sample.of_rows(order)->prepare(names);
}

/// measure(counts, values) fills one value for each metric.
template <typename Measure>
Result<Intervals> resample(size_t rows, size_t metrics, const BootstrapPlan& plan, const std::stop_token& stop, const Measure& measure) {
  Generator generator(plan.seed);
  std::vector<uint8_t> counts(rows);
  std::vector<double> values(metrics);
  Distribution distribution(metrics);
  for (uint64_t i = 0; i < plan.resamples; ++i) {
    if (stop.stop_requested()) return fail(ErrorCode::interrupted, "interrupted");
    draw_rows(generator, counts);
    measure(counts, values);
    for (size_t metric = 0; metric < metrics; ++metric)
      if (std::isfinite(values[metric])) distribution[metric].push_back(values[metric]);
  }
  Intervals intervals;
  for (std::vector<double>& of_metric : distribution) intervals.push_back(interval_of(of_metric, plan.resamples));
  return intervals;
}

}  // namespace

void draw_rows(Generator& generator, std::span<uint8_t> counts) {
  std::fill(counts.begin(), counts.end(), 0);
  const auto rows = static_cast<uint32_t>(counts.size());
  if (rows == 0) return;
  const uint32_t surplus = (0 - rows) % rows;
  const auto draw = [&](uint64_t bits) {
    uint64_t scaled = bits * rows;
    // Hardly ever: so that no row is likelier than another.
    while (static_cast<uint32_t>(scaled) < surplus) scaled = (generator.next() >> 32) * rows;
    ++counts[scaled >> 32];
  };
  for (uint32_t i = 0; i < rows / 2; ++i) {
    const uint64_t bits = generator.next();
    draw(bits & UINT32_MAX);
    draw(bits >> 32);
  }
  if (rows % 2 != 0) draw(generator.next() >> 32);
}

Result<Intervals> bootstrap(const Sample& sample, const std::vector<std::string_view>& names, const BootstrapPlan& plan, const std::stop_token& stop) {
  const auto recount = prepare(sample, sample.fastest_order(), names);
  return resample(sample.rows(), names.size(), plan, stop, [&](RowCounts counts, std::span<double> values) { recount->measure(counts, values); });
}

Result<Intervals> bootstrap_difference(const Sample& first, const Sample& second, const std::vector<std::string_view>& names, const BootstrapPlan& plan,
                                       const std::stop_token& stop) {
  const std::vector<uint32_t> order = first.fastest_order();
  const auto before = prepare(first, order, names);
  const auto after = prepare(second, order, names);
  std::vector<double> subtracted(names.size());
  return resample(first.rows(), names.size(), plan, stop, [&](RowCounts counts, std::span<double> values) {
    before->measure(counts, subtracted);
    after->measure(counts, values);
    for (size_t i = 0; i < values.size(); ++i) values[i] -= subtracted[i];
  });
}

}  // namespace mops::stats
