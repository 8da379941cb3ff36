#include "platform/gate.h"

#include "stats/binomial.h"

#include <algorithm>
#include <cmath>

namespace mops::platform {
namespace {

constexpr double k_significance = 0.001;
constexpr double k_slow_share = 0.01;
constexpr double k_headroom = 1.3;

bool is_more_than(uint64_t count, uint64_t of, double share) { return stats::binomial_at_least(count, of, share) < k_significance; }

/// What `now` has and `before` had not, by bins.
stats::Histogram since(const stats::Histogram& now, const stats::Histogram& before) {
  stats::Histogram window;
  for (size_t bin = 0; bin < stats::Histogram::k_bins; ++bin) {
    const uint64_t fresh = now.counts()[bin] - before.counts()[bin];
    if (fresh > 0) window.record_n(std::clamp(stats::Histogram::lower_end(bin), now.min(), now.max()), fresh);
  }
  return window;
}

}  // namespace

Promise promise_of(const evidence::Certificate& certificate) {
  const evidence::Performance& measured = certificate.performance;
  Promise promise{.error_share = measured.error_share, .throughput_per_second = measured.throughput_per_second};
  if (const auto* errors = certificate.find_check("errors/share"); errors != nullptr && errors->limit.maximum) promise.error_share = *errors->limit.maximum;
  const auto* latency = certificate.find_check("latency/p99_ms");
  if (latency != nullptr && latency->limit.maximum) promise.p99_ms = *latency->limit.maximum;
  else if (measured.p99_ms > 0) promise.p99_ms = measured.p99_ms * k_headroom;
  if (const auto& capacity = measured.capacity) {
    promise.throughput_per_second = std::max(promise.throughput_per_second, capacity->per_second);
    if (!capacity->is_least) promise.capacity_per_second = capacity->per_second;
  }
  return promise;
}

uint64_t Gate::count_slow(SteadyTime time) {
  if (!promise_.p99_ms) return 0;
  const auto limit = static_cast<uint64_t>(*promise_.p99_ms * 1e6);
  const auto& counts = now_.latency.counts();
  uint64_t slow = 0;
  // The bin that the limit falls into counts as kept.
  for (size_t bin = 0; bin < counts.size(); ++bin)
    if (stats::Histogram::lower_end(bin) > limit) slow += counts[bin] - before_.latency.counts()[bin];
  begun_.push_back({.time = time, .requests = now_.requests + now_.in_flight});
  for (; !begun_.empty() && time - begun_.front().time > std::chrono::nanoseconds(limit); begun_.pop_front()) long_begun_ = begun_.front().requests;
  // Whichever they are, so many of those begun long ago have not ended.
  return slow + (long_begun_ > now_.requests ? long_begun_ - now_.requests : 0);
}

Result<void> Gate::observe(const gateway::VersionStats& stats, SteadyTime time) {
  now_ = stats;
  time_ = time;
  const uint64_t requests = now_.requests - before_.requests;
  const uint64_t failed = now_.failed - before_.failed;
  if (is_more_than(failed, requests, promise_.error_share))
    return fail(ErrorCode::refused, fmt::format("{} of {} requests failed, certified are at most {:g} %", failed, requests, promise_.error_share * 100));
  const uint64_t slow = count_slow(time);
  if (is_more_than(slow, std::max(requests, slow), k_slow_share))
    return fail(ErrorCode::refused, fmt::format("{} of {} requests took longer than the certified p99 of {:g} ms", slow, std::max(requests, slow), *promise_.p99_ms));
  return {};
}

uint64_t Gate::requests() const { return now_.requests - before_.requests; }

ShiftStep Gate::seen() const {
  ShiftStep step{.share = share_,
                 .seconds = std::round(std::chrono::duration<double>(time_ - begin_).count() * 1000) / 1000,
                 .requests = requests(),
                 .failed = now_.failed - before_.failed};
  const stats::Histogram window = since(now_.latency, before_.latency);
  if (window.count() > 0) step.p99_ms = static_cast<double>(window.quantile(0.99)) / 1e6;
  return step;
}

uint32_t instances_for(double rate_per_second, const Promise& promise) {
  const double one = promise.capacity_per_second.value_or(promise.throughput_per_second);
  if (one <= 0) return 1;
  return static_cast<uint32_t>(std::clamp(std::ceil(rate_per_second * k_headroom / one), 1.0, 1e9));
}

}  // namespace mops::platform
