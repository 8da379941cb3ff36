#include "load/load.h"

#include "load/message.h"
#include "load/runner.h"

#include <cmath>
#include <sys/prctl.h>
#include <sys/resource.h>

namespace mops::load {
namespace {

tl::unexpected<Error> unusable(std::string message) { return fail(ErrorCode::usage, std::move(message)); }

Result<void> check(const LoadPlan& plan) {
  // The schedule counts in nanoseconds.
  constexpr double k_highest_rate = 1e7;
  if (plan.rate_per_second && !(std::isfinite(*plan.rate_per_second) && *plan.rate_per_second > 0 && *plan.rate_per_second <= k_highest_rate))
    return unusable(fmt::format("found {:g} requests a second, expected more than 0, and at most {:.0f}", *plan.rate_per_second, k_highest_rate));
  constexpr uint32_t k_most_connections = 100'000;
  if (plan.connections == 0 || plan.connections > k_most_connections)
    return unusable(fmt::format("found {} connections, expected 1 to {}", plan.connections, k_most_connections));
  if (plan.duration.count() <= 0 || plan.timeout.count() <= 0 || plan.warmup.count() < 0) return unusable("durations must be longer than 0");
  return {};
}

/// Beside the connections: standard streams, the loop, and what the process has open.
constexpr rlim_t k_other_files = 32;

Result<void> check_file_limit(uint32_t connections) {
  net::raise_file_limit();
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= connections + k_other_files) return {};
  return fail(ErrorCode::usage, fmt::format("{} connections need more files than the {} that this process may open", connections, limit.rlim_cur),
              fmt::format("raise the limit (`ulimit -n {}`), or use fewer connections", connections + k_other_files));
}

/// The kernel may let a thread sleep 50 µs longer than it asked for, to save power.
class ExactWakeups {
 public:
  ExactWakeups() : before_(prctl(PR_GET_TIMERSLACK)) { prctl(PR_SET_TIMERSLACK, 1UL); }
  ExactWakeups(const ExactWakeups&) = delete;
  ExactWakeups& operator=(const ExactWakeups&) = delete;
  ~ExactWakeups() { prctl(PR_SET_TIMERSLACK, static_cast<unsigned long>(std::max(before_, 1))); }

 private:
  int before_;
};

}  // namespace

Verdict verdict_of(const LoadPlan& plan, const LoadReport& report) {
  if (report.interrupted) return Verdict::inconclusive;
  if (report.latency.count() == 0) return Verdict::failed;
  if (report.generator_limited && plan.rate_per_second) return Verdict::inconclusive;
  return report.generator_limited || report.errors.all() > 0 ? Verdict::warned : Verdict::passed;
}

Result<LoadReport> run_load(const LoadPlan& plan, std::stop_token stop, const LoadObserver& observer) {
  MOPS_TRY(check(plan));
  MOPS_ASSIGN(const std::vector<std::string> messages, messages_of(plan));
  MOPS_ASSIGN(const auto address, net::SocketAddress::resolve(net::Address::tcp(plan.host, plan.port)));
  MOPS_TRY(check_file_limit(plan.connections));
  MOPS_ASSIGN(const auto loop, net::Loop::create());

  Runner runner(plan, messages, address, *loop, observer);
  const std::stop_callback on_stop(stop, [&] { loop->stop(); });
  const ExactWakeups exact;
  return runner.run();
}

}  // namespace mops::load
