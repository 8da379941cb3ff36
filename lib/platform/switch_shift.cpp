#include "platform/switch.h"

#include <thread>

namespace mops::platform {
namespace {

using namespace std::chrono_literals;

constexpr auto k_look = 20ms;
/// Fewer requests than come in this time say little about how many come in a second.
constexpr auto k_shortest_sample = 250ms;

double seconds(SteadyTime::duration time) { return std::chrono::duration<double>(time).count(); }

}  // namespace

gateway::VersionStats Switch::stats_of(const Digest& payload) { return stage_.gateway->stats_of(request_.model, payload.hex()); }

Switch::Traffic Switch::traffic() {
  const auto primary = history().primary;
  return {.time = parts_.world.clock.steady(), .requests = primary ? stats_of(primary->payload).requests : 0};
}

double Switch::live_rate() {
  Traffic now = traffic();
  if (now.requests == 0) return 0;
  while (now.time - at_begin_.time < k_shortest_sample && !token_.stop_requested()) {
    std::this_thread::sleep_for(k_look);
    now = traffic();
  }
  return static_cast<double>(now.requests - at_begin_.requests) / seconds(now.time - at_begin_.time);
}

Error Switch::stopped() const {
  return {.code = ErrorCode::interrupted, .message = "stopped before the switch; the old version serves on", .help = "run the same command again"};
}

/// As many instances as the requests of the present primary need, by what one was certified to answer.
Result<void> Switch::ensure_capacity() {
  if (request_.gates == Gates::skipped || request_.kind != SwitchKind::promote) return {};
  const Promise promise = promise_of(version_->certificate);
  const double rate = live_rate();
  const uint32_t needed = instances_for(rate, promise);
  const auto has = [&] { return parts_.target.endpoints(instance_).size(); };
  if (has() >= needed) return {};
  report_(fmt::format("starting {} instances for {:.0f} requests/s", needed, rate));
  if (const auto scaled = parts_.target.scale(instance_, needed); !scaled) {
    if (!promise.capacity_per_second) {
      // Nothing says that it cannot do it.
      report_(fmt::format("warning: {:.0f} requests/s come in, {} was certified at {:.0f}/s, and its capacity was not measured", rate, shown(request_.model, to_),
                          promise.throughput_per_second));
      return {};
    }
    return fail(Error{.code = ErrorCode::refused,
                      .message = fmt::format("{:.0f} requests/s come in; with 30 % to spare that is more than the {:.0f}/s that {} can answer", rate,
                                             *promise.capacity_per_second, shown(request_.model, to_)),
                      .causes = {scaled.error().message},
                      .help = "make it faster, allow it more time (certification.latency.p99_ms in mops.yaml), or promote with `--emergency`"});
  }
  const SteadyTime deadline = parts_.world.clock.steady() + version_->manifest.serving.startup_timeout;
  while (has() < needed) {
    if (token_.stop_requested()) return fail(stopped());
    if (parts_.world.clock.steady() >= deadline)
      return fail(ErrorCode::refused, fmt::format("{} of {} instances of {} are ready", has(), needed, shown(request_.model, to_)), "look at its logs, then promote again");
    std::this_thread::sleep_for(k_look);
  }
  return {};
}

/// Without a value: everything to the primary.
void Switch::give_share(std::optional<uint32_t> share) {
  const std::lock_guard lock(parts_.mutex);
  if (share && started_here_ && !is_supervised_) {
    parts_.supervisor.add(key_, spec_, instance_);
    is_supervised_ = true;
  }
  is_sharing_ = share.has_value();
  stage_.models[request_.model].candidate = share ? std::optional(Candidate{.label = to_, .share = *share}) : std::nullopt;
  parts_.publish();
}

Error Switch::back_again(uint32_t share, Error error) {
  give_share({});
  if (error.code == ErrorCode::interrupted) return error;
  // A version that crashes loses its requests before its end is seen.
  error.code = ErrorCode::outside;
  error = target::explain_failure(parts_.target, instance_, std::move(error));
  error.code = ErrorCode::refused;
  error.message = fmt::format("{} got {} % of the requests: {}", shown(request_.model, to_), share, error.message);
  error.help = fmt::format("all requests go to the old version again; the log of the new one is `{}`",
                           parts_.options.folder.log(stage_.stage.name, request_.model, to_.payload.hex()).string());
  return error;
}

/// Gives the version that share, and returns when it has kept its promise there for long enough.
Result<void> Switch::hold_step(uint32_t share, const Promise& promise) {
  const ShiftPlan& plan = request_.shift;
  Clock& clock = parts_.world.clock;
  const SteadyTime begin = clock.steady();
  Gate gate(promise, share, stats_of(to_.payload), begin);
  give_share(share);
  report_(fmt::format("{} % of the requests to {}, for at least {:g} s and {} requests", share, shown(request_.model, to_), seconds(plan.step_time), plan.step_requests));
  while (true) {
    if (token_.stop_requested()) return fail(stopped());
    // What crashed gets no requests any more, and the gate would wait for them.
    if (auto ended = parts_.target.ended(instance_)) return fail(std::move(*ended));
    MOPS_TRY(gate.observe(stats_of(to_.payload), clock.steady()));
    const auto took = clock.steady() - begin;
    const uint64_t requests = gate.requests();
    if (took >= plan.step_time && requests >= plan.step_requests) break;
    if (took >= plan.patience())
      return fail(ErrorCode::refused, fmt::format("INCONCLUSIVE: it answered {} requests in {:.1f} s, expected at least {}", requests, seconds(took), plan.step_requests));
    std::this_thread::sleep_for(k_look);
  }
  steps_.push_back(gate.seen());
  const ShiftStep& seen = steps_.back();
  report_(fmt::format("{} % held: {} requests, {} failed, p99 {}", share, seen.requests, seen.failed, seen.p99_ms ? fmt::format("{:.1f} ms", *seen.p99_ms) : "unknown"));
  return {};
}

Result<void> Switch::shift() {
  // The first version of a model has nobody to share with.
  if (!history().primary) return {};
  const Promise promise = promise_of(version_->certificate);
  for (const uint32_t share : request_.shift.steps)
    if (auto held = hold_step(share, promise); !held) return fail(back_again(share, std::move(held).error()));
  return {};
}

void Switch::plan_shift(const RouteHistory& now, const Promise& promise, const std::function<void(std::string_view, std::string)>& step) {
  if (request_.gates == Gates::skipped) {
    step("capacity", "not looked at (--emergency)");
  } else if (promise.capacity_per_second) {
    const double rate = live_rate();
    step("capacity", fmt::format("{:.0f} requests/s come in now, one instance can answer {:.0f}/s: {} needed", rate, *promise.capacity_per_second, instances_for(rate, promise)));
  } else if (promise.throughput_per_second > 0) {
    step("capacity", fmt::format("{:.0f} requests/s come in now, one instance was certified at {:.0f}/s, and may be able to answer more: a warning at most", live_rate(),
                                 promise.throughput_per_second));
  } else {
    step("capacity", "its certificate has no throughput: not looked at");
  }
  const ShiftPlan& plan = request_.shift;
  if (plan.steps.empty() || !now.primary) {
    step("shift", "all requests at once");
    step("gate", "none: the first sign of trouble is yours to see, `mops rollback` takes it back");
    return;
  }
  step("shift", fmt::format("{} % of the requests, each for at least {:g} s and {} requests, given up after {:g} s", fmt::join(plan.steps, ", "), seconds(plan.step_time),
                            plan.step_requests, seconds(plan.patience())));
  std::string kept = fmt::format("at each step at most {:g} % fail", promise.error_share * 100);
  if (promise.p99_ms) kept += fmt::format(" and at most 1 % take longer than {:g} ms", *promise.p99_ms);
  step("gate", kept + "; else all requests go back at once");
}

}  // namespace mops::platform
