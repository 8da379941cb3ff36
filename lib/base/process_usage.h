#pragma once

#include <cstdint>
#include <optional>
#include <sys/types.h>

namespace mops {

/// What a process and all that it started have taken so far.
struct ProcessUsage {
  double cpu_seconds = 0;          ///< user and system; also of children that have ended and were waited for
  uint64_t peak_memory_bytes = 0;  ///< the most each of them has had in memory, added up: exact for one process
};

/// nullopt: there is no such process.
std::optional<ProcessUsage> usage_of(pid_t root);

}  // namespace mops
