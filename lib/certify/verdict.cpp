#include "certify/verdict.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace mops::certify {

using evidence::Check;

Check judged(Check check) {
  // Every comparison with NaN is false: it would pass.
  if (check.value && !std::isfinite(*check.value)) {
    check.value.reset();
    check.note = "it is not a finite number";
  }
  if (!check.value) {
    check.verdict = Verdict::inconclusive;
    return check;
  }
  const bool too_low = check.limit.minimum && *check.value < *check.limit.minimum;
  const bool too_high = check.limit.maximum && *check.value > *check.limit.maximum;
  check.verdict = too_low || too_high ? Verdict::failed : Verdict::passed;
  return check;
}

std::vector<Check> hold_against_limits(const model::Certification& wanted, const std::vector<stats::Estimate>& metrics, uint64_t rows,
                                       const evidence::Performance& performance) {
  std::vector<Check> checks;
  for (const auto& [name, limit] : wanted.metrics) {
    Check check{.name = "metrics/" + name, .limit = limit, .n = rows, .note = "this task has no such metric"};
    for (const auto& [metric, interval] : metrics) {
      if (metric.name != name) continue;
      check.value = metric.value;
      check.note = metric.reason;
      if (!interval) continue;
      check.low = interval->low;
      check.high = interval->high;
    }
    checks.push_back(judged(std::move(check)));
  }
  const bool has_latency = performance.requests > performance.errors;
  const auto latency = [&](std::string name, double value, const std::optional<double>& maximum) {
    if (!maximum) return;
    checks.push_back(judged({.name = std::move(name), .value = has_latency ? std::optional(value) : std::nullopt, .limit = {.maximum = maximum}, .unit = "ms",
                             .n = performance.requests, .note = has_latency ? "" : "no request was answered"}));
  };
  latency("latency/p50_ms", performance.p50_ms, wanted.p50_ms);
  latency("latency/p99_ms", performance.p99_ms, wanted.p99_ms);
  if (wanted.throughput_per_second)
    checks.push_back(judged({.name = "throughput/per_second", .value = performance.throughput_per_second, .limit = {.minimum = wanted.throughput_per_second},
                             .unit = "1/s", .n = performance.requests}));
  checks.push_back(judged({.name = "errors/share", .value = performance.requests > 0 ? std::optional(performance.error_share) : std::nullopt,
                           .limit = {.maximum = wanted.error_share}, .n = performance.requests,
                           .note = performance.requests > 0 ? "" : "no request was sent"}));
  return checks;
}

std::vector<Check> hold_against_current(const model::Certification& wanted, const evidence::Comparison& comparison, uint64_t rows) {
  std::vector<Check> checks;
  for (const auto& [name, margin] : wanted.not_worse_than_current) {
    const stats::MetricInfo* metric = stats::find_metric(name);
    const bool is_higher_better = metric == nullptr || metric->better == stats::Better::higher;
    Check check{.name = "current/" + name, .limit = is_higher_better ? model::Limit{.minimum = -margin, .maximum = {}} : model::Limit{.minimum = {}, .maximum = margin}, .n = rows};
    const auto found = std::find_if(comparison.metrics.begin(), comparison.metrics.end(), [&](const evidence::MetricDifference& one) { return one.name == name; });
    if (!comparison.obstacle.empty()) {
      check.verdict = Verdict::warned;
      check.note = fmt::format("not compared with {}: {}", comparison.baseline, comparison.obstacle);
    } else if (found == comparison.metrics.end()) {
      check.note = fmt::format("this version or {} has no such metric", comparison.baseline);
    } else {
      check.value = found->candidate - found->current;
      check.low = found->low;
      check.high = found->high;
      check.note = fmt::format("{:.6g}, {} has {:.6g}", found->candidate, comparison.baseline, found->current);
      check = judged(std::move(check));
      const bool may_be_chance = !found->low || !found->high || (is_higher_better ? *found->high >= -margin : *found->low <= margin);
      if (check.verdict == Verdict::failed && may_be_chance) {
        check.verdict = Verdict::inconclusive;
        check.note += fmt::format("; {} rows are too few to tell whether it is worse", rows);
      }
    }
    checks.push_back(std::move(check));
  }
  return checks;
}

void excuse_from_generator(std::vector<Check>& checks, const std::string& why) {
  for (Check& check : checks) {
    if (check.verdict != Verdict::failed || !(check.name.starts_with("latency/") || check.name.starts_with("throughput/"))) continue;
    check.verdict = Verdict::inconclusive;
    check.note = why;
  }
}

Verdict verdict_of(const std::vector<Check>& checks) {
  if (checks.empty()) return Verdict::inconclusive;
  Verdict verdict = Verdict::passed;
  for (const Check& check : checks) verdict = worst(verdict, check.verdict);
  return verdict;
}

}  // namespace mops::certify
