#include "base/process_usage.h"

#include "base/text.h"

#include <charconv>
#include <fstream>
#include <sstream>
#include <unistd.h>

namespace mops {
namespace {

struct Entry {
  pid_t parent = 0;
  double cpu_seconds = 0;
};

std::string text_of(pid_t pid, std::string_view name) {
  std::ifstream file(fmt::format("/proc/{}/{}", pid, name));
  std::ostringstream text;
  text << file.rdbuf();
  return std::move(text).str();
}

template <typename T>
T number(std::string_view text) {
  T value{};
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

/// /proc/PID/stat, proc(5). The name of the program may hold blanks and brackets, so the fields are counted from its end.
std::optional<Entry> entry_of(pid_t pid) {
  const std::string text = text_of(pid, "stat");
  const size_t name_end = text.rfind(')');
  if (name_end == std::string::npos) return std::nullopt;
  const std::vector<std::string_view> fields = split(std::string_view(text).substr(name_end + 2), ' ');
  constexpr size_t k_parent = 1;
  constexpr size_t k_first_time = 11;  // utime, stime, cutime, cstime
  if (fields.size() < k_first_time + 4) return std::nullopt;
  uint64_t ticks = 0;
  for (size_t i = 0; i < 4; ++i) ticks += number<uint64_t>(fields[k_first_time + i]);
  return Entry{.parent = number<pid_t>(fields[k_parent]), .cpu_seconds = static_cast<double>(ticks) / static_cast<double>(::sysconf(_SC_CLK_TCK))};
}

uint64_t peak_of(pid_t pid) {
  const std::string text = text_of(pid, "status");
  constexpr std::string_view k_key = "VmHWM:";
  const size_t at = text.find(k_key);
  if (at == std::string::npos) return 0;
  return 1024 * number<uint64_t>(trim(std::string_view(text).substr(at + k_key.size(), 32)));
}

std::map<pid_t, Entry> all_processes() {
  std::map<pid_t, Entry> found;
  std::error_code ignored;
  for (const auto& folder : std::filesystem::directory_iterator("/proc", ignored)) {
    const auto pid = number<pid_t>(folder.path().filename().string());
    if (pid <= 0) continue;
    if (const auto entry = entry_of(pid)) found.emplace(pid, *entry);
  }
  return found;
}

}  // namespace

std::optional<ProcessUsage> usage_of(pid_t root) {
  const std::map<pid_t, Entry> processes = all_processes();
  if (!processes.contains(root)) return std::nullopt;
  ProcessUsage usage;
  for (const auto& [pid, entry] : processes) {
    pid_t ancestor = pid;
    // A process that was started meanwhile may name a parent that is gone.
    for (size_t step = 0; ancestor != root && step < processes.size(); ++step) {
      const auto found = processes.find(ancestor);
      if (found == processes.end()) break;
      ancestor = found->second.parent;
    }
    if (ancestor != root) continue;
    usage.cpu_seconds += entry.cpu_seconds;
    usage.peak_memory_bytes += peak_of(pid);
  }
  return usage;
}

}  // namespace mops
