#include "certify/verdict.h"

#include <cmath>

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

std::vector<Check> hold_against_limits(const model::Certification& wanted, const std::vector<stats::Metric>& metrics, uint64_t rows,
                                       const evidence::Performance& performance) {
  std::vector<Check> checks;
  for (const auto& [name, limit] : wanted.metrics) {
    Check check{.name = "metrics/" + name, .limit = limit, .n = rows, .note = "this task has no such metric"};
    for (const stats::Metric& metric : metrics) {
      if (metric.name != name) continue;
      check.value = metric.value;
      check.note = metric.reason;
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
