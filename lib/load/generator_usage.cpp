#include "load/generator_usage.h"

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <memory>

namespace mops::load {
namespace {

constexpr double k_busy_share = 0.9;
/// Lateness of the worst hundredth matters when it is a tenth of what was measured there, and more than a machine at rest has.
constexpr double k_least_lateness_ms = 1;
constexpr double k_lateness_share = 0.1;

double thread_cpu_seconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

/// The second number of schedstat: nanoseconds on a run queue.
double thread_starved_seconds() {
  const std::unique_ptr<FILE, int (*)(FILE*)> file(std::fopen("/proc/thread-self/schedstat", "re"), std::fclose);
  unsigned long long running = 0;
  unsigned long long waiting = 0;
  if (!file || std::fscanf(file.get(), "%llu %llu", &running, &waiting) != 2) return 0;
  return static_cast<double>(waiting) / 1e9;
}

}  // namespace

GeneratorUsage GeneratorUsage::of_this_thread() { return {.cpu_seconds = thread_cpu_seconds(), .starved_seconds = thread_starved_seconds()}; }

std::optional<std::string> limit_of_generator(const LoadReport& report, const GeneratorUsage& used, double wall_seconds) {
  if (wall_seconds <= 0) return {};
  const double busy = used.cpu_seconds / wall_seconds;
  const double starved = used.starved_seconds / wall_seconds;
  if (busy > k_busy_share) return fmt::format("the generator used {:.0f} % of one core", 100 * busy);
  if (busy + starved > k_busy_share)
    return fmt::format("the generator used {:.0f} % of one core, and waited for one {:.0f} % of the time: the machine is busy", 100 * busy, 100 * starved);
  const double late_ms = static_cast<double>(report.send_delay.quantile(0.99)) / 1e6;
  const double p99_ms = static_cast<double>(report.latency.quantile(0.99)) / 1e6;
  if (late_ms > std::max(k_least_lateness_ms, k_lateness_share * p99_ms))
    return fmt::format("1 % of the requests left {:.1f} ms late or later, at most {:.1f} ms: the machine is busy", late_ms,
                       static_cast<double>(report.send_delay.max()) / 1e6);
  return {};
}

}  // namespace mops::load
