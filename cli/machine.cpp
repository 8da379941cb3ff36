#include "cli/machine.h"

#include "base/text.h"

#include <cstdlib>
#include <sched.h>
#include <unistd.h>

namespace mops::cli {

double load_of_machine(FileSystem& files) { return std::strtod(files.read("/proc/loadavg").value_or("0").c_str(), nullptr); }

evidence::MeasuredOn describe_machine(FileSystem& files, double load_before) {
  evidence::MeasuredOn machine{.target = "local", .cpu_model = "unknown", .load_before = load_before, .mops_version = MOPS_VERSION};
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
  return machine;
}

}  // namespace mops::cli
