#include "target/log.h"
#include "target/target.h"

#include <fmt/format.h>
#include <thread>

namespace mops::target {
namespace {

using std::chrono::milliseconds;

constexpr int k_lost_ports = 3;
constexpr size_t k_shown_lines = 20;
constexpr milliseconds k_grace{2'000};
constexpr milliseconds k_time_to_end{500};
constexpr milliseconds k_first_pause{5};
constexpr milliseconds k_longest_pause{100};

Error not_ready(const VersionSpec& spec, const Instance& instance, const std::string& detail) {
  return Error{.code = ErrorCode::refused,
               .message = fmt::format("`{}` was not ready within {} s: {}", spec.name, static_cast<double>(spec.startup_timeout.count()) / 1000, detail),
               .causes = own_lines(instance, k_shown_lines),
               .help = fmt::format("look at its log `{}`; if it only needs longer, raise serving.startup_timeout_seconds", spec.log.string())};
}

/// Waits for one instance. `port_taken` is a value.
Result<Readiness> wait_until_ready(Target& target, const VersionSpec& spec, const Instance& instance, SteadyTime deadline, Clock& clock,
                                   const std::stop_token& stop) {
  milliseconds pause = k_first_pause;
  while (true) {
    MOPS_ASSIGN(const Probe probe, target.ready(instance, stop));
    if (probe.readiness != Readiness::starting) return probe.readiness;
    if (stop.stop_requested()) return fail(ErrorCode::interrupted, fmt::format("interrupted while waiting for `{}`", spec.name));
    if (clock.steady() >= deadline) return fail(not_ready(spec, instance, probe.detail));
    std::this_thread::sleep_for(pause);
    pause = std::min(pause * 2, k_longest_pause);
  }
}

}  // namespace

Error explain_failure(Target& target, const Instance& instance, Error error) {
  if (error.code != ErrorCode::outside) return error;
  // A process that crashes closes its connections before it has ended.
  const SteadyDeadline deadline(k_time_to_end);
  while (true) {
    if (auto end = target.ended(instance)) return std::move(*end);
    if (deadline.passed()) return error;
    std::this_thread::sleep_for(k_first_pause);
  }
}

Result<Instance> start_and_wait(Target& target, const VersionSpec& spec, Clock& clock, std::stop_token stop) {
  const SteadyTime deadline = clock.steady() + spec.startup_timeout;
  for (int lost = 0;; ++lost) {
    MOPS_ASSIGN(Instance instance, target.start(spec));
    const auto readiness = wait_until_ready(target, spec, instance, deadline, clock, stop);
    if (readiness && *readiness == Readiness::ready) return instance;
    const auto stopped = target.stop(instance, k_grace);
    if (!readiness) return fail(readiness.error());
    MOPS_TRY(stopped);
    if (lost == k_lost_ports)
      return fail(ErrorCode::outside, fmt::format("`{}` lost its port to another program {} times", spec.name, lost + 1),
                  "does its command listen on the port that `{port}` stands for?");
  }
}

}  // namespace mops::target
