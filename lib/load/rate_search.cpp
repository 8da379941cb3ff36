#include "load/rate_search.h"

#include <algorithm>
#include <cmath>

namespace mops::load {
namespace {

constexpr double k_gap = 0.05;
constexpr double k_lowest_rate = 1;
constexpr double k_highest_rate = 1e6;

/// Requests that start late come in bursts, which is harder for the server: what it meets then it meets. But they have to be sent at
/// that rate, so the worst of them may be late by a small part of the whole time only.
StepResult judge(const LoadReport& report, const RateLimit& limit) {
  constexpr double k_late_part = 0.05;
  const bool is_sent = static_cast<double>(report.send_delay.quantile(0.99)) / 1e9 <= k_late_part * report.seconds;
  const bool is_whole = static_cast<double>(report.errors.all()) <= limit.error_share * static_cast<double>(report.requests);
  const bool is_fast = report.latency.count() > 0 && std::chrono::nanoseconds(report.latency.quantile(0.99)) <= limit.p99;
  if (is_sent && is_whole && is_fast) return StepResult::met;
  if (report.generator_limited) return StepResult::generator;
  return is_whole ? StepResult::too_slow : StepResult::failing;
}

/// Above what met the limit and below what did not; nothing when the gap is small enough.
std::optional<double> next_rate(const RateSearch& search, double first) {
  if (!search.highest && !search.lowest_missed) return first;
  if (!search.lowest_missed) return *search.highest < k_highest_rate ? std::optional(2 * *search.highest) : std::nullopt;
  if (!search.highest) return *search.lowest_missed > k_lowest_rate ? std::optional(std::max(k_lowest_rate, *search.lowest_missed / 2)) : std::nullopt;
  if (*search.lowest_missed - *search.highest <= k_gap * *search.highest) return std::nullopt;
  const double middle = (*search.highest + *search.lowest_missed) / 2;
  return middle >= 100 ? std::round(middle) : middle;
}

void note(RateSearch& search, RateStep step) {
  const double rate = step.rate_per_second;
  if (step.result == StepResult::met) {
    search.highest = std::max(rate, search.highest.value_or(rate));
  } else if (!search.lowest_missed || rate < *search.lowest_missed) {
    search.lowest_missed = rate;
    search.missed_by = step.result;
  }
  search.steps.push_back(std::move(step));
}

}  // namespace

Result<RateSearch> find_highest_rate(const LoadPlan& plan, const RateLimit& limit, const LoadRun& run, const SearchEnd& is_over) {
  RateSearch search;
  LoadPlan step = plan;
  while (const auto rate = next_rate(search, plan.rate_per_second.value())) {
    if (!search.steps.empty() && is_over && is_over()) break;
    step.rate_per_second = rate;
    MOPS_ASSIGN(LoadReport report, run(step));
    if (report.interrupted) {
      search.interrupted = true;
      break;
    }
    const StepResult result = judge(report, limit);
    note(search, {.rate_per_second = *rate, .result = result, .report = std::move(report)});
  }
  return search;
}

Verdict verdict_of(const RateSearch& search) {
  if (search.interrupted) return Verdict::inconclusive;
  if (search.highest) return search.missed_by == StepResult::generator ? Verdict::warned : Verdict::passed;
  return search.missed_by == StepResult::generator ? Verdict::inconclusive : Verdict::failed;
}

}  // namespace mops::load
