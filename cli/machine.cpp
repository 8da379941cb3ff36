#include "cli/machine.h"

#include "base/text.h"
#include "base/version.h"

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <sched.h>
#include <thread>
#include <unistd.h>

namespace mops::cli {
namespace {

/// What the control group at the root of what this process sees (cgroup v2; in a container its own) grants, where it sets a limit:
/// `memory.max` in bytes.
std::optional<uint64_t> granted_memory(FileSystem& files) {
  const std::string text = files.read("/sys/fs/cgroup/memory.max").value_or("max");
  char* end = nullptr;
  const uint64_t bytes = std::strtoull(text.c_str(), &end, 10);
  return end == text.c_str() ? std::nullopt : std::optional(bytes);
}

/// `cpu.max`: "QUOTA PERIOD" in microseconds; whole cores, at least one.
std::optional<uint64_t> granted_cores(FileSystem& files) {
  const std::string text = files.read("/sys/fs/cgroup/cpu.max").value_or("max");
  char* end = nullptr;
  const uint64_t quota = std::strtoull(text.c_str(), &end, 10);
  const uint64_t period = end == text.c_str() ? 0 : std::strtoull(end, nullptr, 10);
  return period == 0 ? std::nullopt : std::optional(std::max<uint64_t>(1, quota / period));
}

}  // namespace

double load_of_machine(FileSystem& files) { return std::strtod(files.read("/proc/loadavg").value_or("0").c_str(), nullptr); }

evidence::MeasuredOn describe_machine(FileSystem& files, double load_before) {
  evidence::MeasuredOn machine{.target = "local", .cpu_model = "unknown", .load_before = load_before, .mops_version = program_version()};
  const std::string cpuinfo = files.read("/proc/cpuinfo").value_or("");
  for (const std::string_view line : split(cpuinfo, '\n')) {
    if (!line.starts_with("model name")) continue;
    machine.cpu_model = trim(line.substr(line.find(':') + 1));
    break;
  }
  cpu_set_t cores;
  CPU_ZERO(&cores);
  machine.cores = ::sched_getaffinity(0, sizeof cores, &cores) == 0 ? static_cast<uint64_t>(CPU_COUNT(&cores)) : 1;
  machine.memory_bytes = static_cast<uint64_t>(::sysconf(_SC_PHYS_PAGES)) * static_cast<uint64_t>(::sysconf(_SC_PAGESIZE));
  if (const auto cores_granted = granted_cores(files)) machine.cores = std::min(machine.cores, *cores_granted);
  if (const auto memory_granted = granted_memory(files)) machine.memory_bytes = std::min(machine.memory_bytes, *memory_granted);
  return machine;
}

Result<FolderLock> take_machine(FileSystem& files, const std::stop_token& stop, const Path& folder) {
  while (!stop.stop_requested()) {
    // What tidies /tmp may remove it while we wait.
    if (!files.make_directories(folder)) return FolderLock();
    if (const auto listed = files.list(folder); !listed && listed.error().code != ErrorCode::not_found) return FolderLock();
    if (FolderLock lock = FolderLock::alone(folder)) return lock;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return fail(ErrorCode::interrupted, "interrupted while another certification was measured");
}

}  // namespace mops::cli
