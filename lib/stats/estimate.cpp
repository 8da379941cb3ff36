#include "stats/estimate.h"

namespace mops::stats {
namespace {

bool is_worse(double value, double than, Better better) { return better == Better::higher ? value < than : value > than; }

std::vector<std::pair<std::string, std::string>> worst_of(MetricKind kind, const std::vector<Slice>& slices) {
  std::vector<std::pair<std::string, std::string>> worst;
  for (const MetricInfo& info : metrics_of(kind)) {
    const Slice* worst_slice = nullptr;
    double worst_value = 0;
    for (const Slice& slice : slices) {
      if (slice.has_too_little_data) continue;
      for (const Estimate& estimate : slice.metrics) {
        if (estimate.metric.name != info.name || !estimate.metric.value) continue;
        if (worst_slice != nullptr && !is_worse(*estimate.metric.value, worst_value, info.better)) continue;
        worst_slice = &slice;
        worst_value = *estimate.metric.value;
      }
    }
    if (worst_slice != nullptr) worst.emplace_back(info.name, worst_slice->value);
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
  result.worst = worst_of(sample.kind(), result.slices);
  return result;
}

}  // namespace mops::stats
