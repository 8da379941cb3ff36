#include "stats/estimate.h"

#include <algorithm>

namespace mops::stats {
namespace {

bool is_worse(double value, double than, Better better) { return better == Better::higher ? value < than : value > than; }

std::optional<double> value_of(const Slice& slice, std::string_view metric) {
  const auto found = std::find_if(slice.metrics.begin(), slice.metrics.end(), [&](const Estimate& estimate) { return estimate.metric.name == metric; });
  return found == slice.metrics.end() ? std::nullopt : found->metric.value;
}

/// nullptr when no slice with enough data has the metric.
const Slice* worst_of(const std::vector<Slice>& slices, const MetricInfo& metric) {
  const Slice* worst = nullptr;
  for (const Slice& slice : slices) {
    const std::optional<double> value = value_of(slice, metric.name);
    if (slice.has_too_little_data || !value) continue;
    if (worst == nullptr || is_worse(*value, *value_of(*worst, metric.name), metric.better)) worst = &slice;
  }
  return worst;
}

}  // namespace

Result<std::vector<Estimate>> estimate(const Sample& sample, MetricNames wanted, const std::optional<BootstrapPlan>& plan, const std::stop_token& stop) {
  std::vector<Estimate> estimates;
  for (Metric& metric : sample.measure(wanted)) estimates.push_back({.metric = std::move(metric), .interval = std::nullopt});
  std::vector<std::string_view> defined;
  for (const Estimate& estimate : estimates)
    if (estimate.metric.value) defined.push_back(estimate.metric.name);
  if (!plan || defined.empty()) return estimates;
  MOPS_ASSIGN(const Intervals intervals, bootstrap(sample, defined, *plan, stop));
  size_t next = 0;
  for (Estimate& estimate : estimates)
    if (estimate.metric.value) estimate.interval = intervals[next++];
  return estimates;
}

Result<Slices> slice(const Sample& sample, std::span<const std::string> values, std::span<const uint32_t> codes, MetricNames wanted, const SlicePlan& plan,
                     const std::stop_token& stop) {
  std::vector<std::vector<uint32_t>> rows_of(values.size());
  for (size_t row = 0; row < codes.size(); ++row) rows_of[codes[row]].push_back(static_cast<uint32_t>(row));
  Slices result;
  for (size_t code = 0; code < rows_of.size(); ++code) {
    const std::vector<uint32_t>& rows = rows_of[code];
    if (rows.empty()) continue;
    Slice& one = result.slices.emplace_back(Slice{.value = values[code], .rows = rows.size(), .has_too_little_data = rows.size() < plan.minimum_rows, .metrics = {}});
    MOPS_ASSIGN(one.metrics, estimate(*sample.of_rows(rows), wanted, plan.bootstrap, stop));
  }
  for (const MetricInfo& metric : metrics_of(sample.kind()))
    if (const Slice* worst = worst_of(result.slices, metric)) result.worst.emplace_back(metric.name, worst->value);
  return result;
}

}  // namespace mops::stats
