#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace mops::target {

/// Of /proc/PID/stat (proc(5)).
struct ProcessStat {
  pid_t pid = 0;
  char state = '?';         ///< `Z`: has ended, and is not reaped yet
  pid_t session = 0;
  uint64_t start_time = 0;  ///< field 22: clock ticks since boot
};

/// nullopt: there is no such process.
std::optional<ProcessStat> process_stat(pid_t pid);

/// All processes of a session that have not ended.
std::vector<ProcessStat> session_members(pid_t session);

/// All processes that have not ended, without the kernel's own.
std::vector<ProcessStat> running_processes();

/// What a process was given under that name when it started; nullopt when it cannot be read or was given none.
std::optional<std::string> started_with(pid_t pid, std::string_view variable);

/// Differs from one start of the machine to the next.
std::string boot_id();

/// A TCP port of 127.0.0.1 that nobody listens on at the moment; 0 when there is none.
uint16_t free_port();

enum class PortHolder { nobody, session, others };
/// Who listens on the port: a process of the session, or somebody else. Where all of the session's processes are ending, it is nobody:
/// whose the socket was cannot be told.
PortHolder port_holder(uint16_t port, pid_t session);

}  // namespace mops::target
