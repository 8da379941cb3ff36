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

namespace {

/// Of fewer answers the quantile would be the slowest of them.
uint64_t least_answers(double quantile) { return static_cast<uint64_t>(std::ceil(1 / (1 - quantile) - 1e-9)); }

/// A number that each of several runs gave: PASSED or FAILED only where they agree.
Check judged_by_runs(Check check, const std::vector<evidence::LoadRun>& runs, double evidence::LoadRun::* number) {
  check = judged(std::move(check));
  if (!check.value || runs.size() < 2) return check;
  check.low = check.high = check.value;
  for (const evidence::LoadRun& run : runs) {
    check.low = std::min(*check.low, run.*number);
    check.high = std::max(*check.high, run.*number);
  }
  const auto verdict_at = [&](double value) { return judged({.value = value, .limit = check.limit}).verdict; };
  if (verdict_at(*check.low) == verdict_at(*check.high)) return check;
  check.verdict = Verdict::inconclusive;
  check.note = fmt::format("the limit lies between the best and the worst of {} runs", runs.size());
  return check;
}

}  // namespace

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
  const uint64_t answers = performance.requests - performance.errors;
  const auto latency = [&](std::string name, double value, double quantile, const std::optional<double>& maximum, double evidence::LoadRun::* of_run) {
    if (!maximum) return;
    Check check{.name = std::move(name), .limit = {.maximum = maximum}, .unit = "ms", .n = performance.requests, .note = answers > 0 ? "" : "no request was answered"};
    if (answers > 0) check.value = value;
    check = judged_by_runs(std::move(check), performance.runs, of_run);
    if (check.verdict == Verdict::passed && answers < least_answers(quantile)) {
      check.verdict = Verdict::inconclusive;
      check.note = fmt::format("{} answers are too few, at least {} are needed: a higher rate or a longer load", answers, least_answers(quantile));
    }
    checks.push_back(std::move(check));
  };
  latency("latency/p50_ms", performance.p50_ms, 0.5, wanted.p50_ms, &evidence::LoadRun::p50_ms);
  latency("latency/p99_ms", performance.p99_ms, 0.99, wanted.p99_ms, &evidence::LoadRun::p99_ms);
  if (wanted.throughput_per_second)
    checks.push_back(judged_by_runs({.name = "throughput/per_second", .value = performance.throughput_per_second, .limit = {.minimum = wanted.throughput_per_second},
                                     .unit = "1/s", .n = performance.requests},
                                    performance.runs, &evidence::LoadRun::throughput_per_second));
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
