#pragma once

#include "load/load.h"

namespace mops::load {

/// What a server has to keep to at a rate.
struct RateLimit {
  std::chrono::nanoseconds p99{0};  ///< of the corrected latency, at most
  double error_share = 0;           ///< at most
};

/// `generator`: the rate could not be sent as it should be, so nothing is known of the server.
enum class StepResult { met, too_slow, failing, generator };

struct RateStep {
  double rate_per_second = 0;
  StepResult result = StepResult::met;
  LoadReport report;
};

struct RateSearch {
  std::vector<RateStep> steps;                 ///< in the order in which they were sent
  std::optional<double> highest;               ///< the highest rate that met the limit
  std::optional<double> lowest_missed;         ///< the lowest that did not, above `highest`
  std::optional<StepResult> missed_by;         ///< why `lowest_missed` did not
  bool interrupted = false;
};

/// Asked before each step but the first: whether the search ends with what it knows.
using SearchEnd = std::function<bool()>;

/// Sends one load: run_load, or what a test puts in its place.
using LoadRun = std::function<Result<LoadReport>(const LoadPlan& plan)>;

/// Sends the plan at its rate, at twice that and so on until the limit is missed (or at half of it until it is met), then
/// halves the gap until it is below 5 % of the rate. Each step is a whole load with its warm-up. Error: that of a load. Requires
/// a rate.
Result<RateSearch> find_highest_rate(const LoadPlan& plan, const RateLimit& limit, const LoadRun& run, const SearchEnd& is_over = {});

/// PASSED: found. WARNED: found, and it was the generator that could not send more. FAILED: no rate meets the limit.
/// INCONCLUSIVE: interrupted, or the generator could send at no rate as it should.
Verdict verdict_of(const RateSearch& search);

}  // namespace mops::load
