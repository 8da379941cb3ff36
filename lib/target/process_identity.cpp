#include "target/process_identity.h"

#include "base/file_descriptor.h"
#include "base/real_file_system.h"
#include "base/text.h"

#include <algorithm>
#include <arpa/inet.h>
#include <charconv>
#include <dirent.h>
#include <fmt/format.h>
#include <memory>
#include <set>
#include <sys/socket.h>
#include <thread>

namespace mops::target {
namespace {

template <typename T>
std::optional<T> to_number(std::string_view text, int base = 10) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// Words between blanks.
std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  for (const std::string_view word : split(text, ' '))
    if (!word.empty()) words.push_back(word);
  return words;
}

using Directory = std::unique_ptr<DIR, int (*)(DIR*)>;

/// Inodes of the sockets that listen on `port`, by /proc/net/tcp and tcp6: the local address is field 2 (`HEX:PORT`), the
/// state field 4 (`0A` = listening), the inode field 10.
std::set<std::string> listening_inodes(uint16_t port) {
  std::set<std::string> inodes;
  const std::string suffix = fmt::format(":{:04X}", port);
  RealFileSystem files;
  for (const char* table : {"/proc/net/tcp", "/proc/net/tcp6"}) {
    const auto text = files.read(table);
    if (!text) continue;
    for (const std::string_view line : split(*text, '\n')) {
      if (line.find(suffix) == std::string_view::npos) continue;
      const auto words = words_of(line);
      if (words.size() > 9 && words[1].ends_with(suffix) && words[3] == "0A") inodes.emplace(words[9]);
    }
  }
  return inodes;
}

/// What the process has open, as the kernel calls it: `socket:[INODE]`, paths. Nothing while it ends.
std::set<std::string> open_files(pid_t pid) {
  std::set<std::string> open;
  const Directory directory(::opendir(fmt::format("/proc/{}/fd", pid).c_str()), ::closedir);
  if (!directory) return open;
  while (const dirent* entry = ::readdir(directory.get())) {
    std::string target(64, '\0');
    const ssize_t n = ::readlinkat(::dirfd(directory.get()), entry->d_name, target.data(), target.size());
    if (n > 0) open.insert(target.substr(0, static_cast<size_t>(n)));
  }
  return open;
}

}  // namespace

std::optional<ProcessStat> process_stat(pid_t pid) {
  RealFileSystem files;
  const auto text = files.read(fmt::format("/proc/{}/stat", pid));
  if (!text) return std::nullopt;
  // The second field is the program's name in brackets, which may hold anything; the third follows the last bracket.
  const size_t bracket = text->rfind(')');
  if (bracket == std::string::npos) return std::nullopt;
  const auto words = words_of(std::string_view(*text).substr(bracket + 1));
  if (words.size() < 20 || words[0].empty()) return std::nullopt;
  const auto session = to_number<pid_t>(words[3]);
  const auto start_time = to_number<uint64_t>(words[19]);
  if (!session || !start_time) return std::nullopt;
  return ProcessStat{.pid = pid, .state = words[0].front(), .session = *session, .start_time = *start_time};
}

std::vector<ProcessStat> running_processes() {
  std::vector<ProcessStat> found;
  const Directory directory(::opendir("/proc"), ::closedir);
  if (!directory) return found;
  while (const dirent* entry = ::readdir(directory.get())) {
    const auto pid = to_number<pid_t>(entry->d_name);
    if (!pid) continue;
    const auto stat = process_stat(*pid);
    if (stat && stat->session != 0 && stat->state != 'Z' && stat->state != 'X') found.push_back(*stat);
  }
  return found;
}

std::vector<ProcessStat> session_members(pid_t session) {
  std::vector<ProcessStat> members = running_processes();
  std::erase_if(members, [&](const ProcessStat& stat) { return stat.session != session; });
  return members;
}

std::optional<std::string> started_with(pid_t pid, std::string_view variable) {
  RealFileSystem files;
  Result<std::string> text = files.read(fmt::format("/proc/{}/environ", pid));
  // In the middle of an exec a process has no variables for a moment.
  for (int i = 0; i < 50 && text && text->empty(); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    text = files.read(fmt::format("/proc/{}/environ", pid));
  }
  if (!text) return std::nullopt;
  const std::string prefix = std::string(variable) + "=";
  for (const std::string_view entry : split(*text, '\0'))
    if (entry.starts_with(prefix)) return std::string(entry.substr(prefix.size()));
  return std::nullopt;
}

std::string boot_id() {
  RealFileSystem files;
  return std::string(trim(files.read("/proc/sys/kernel/random/boot_id").value_or("")));
}

uint16_t free_port() {
  const FileDescriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  if (!socket || ::bind(socket.get(), any, size) != 0 || ::getsockname(socket.get(), any, &size) != 0) return 0;
  return ntohs(address.sin_port);
}

PortHolder port_holder(uint16_t port, pid_t session) {
  const std::set<std::string> inodes = listening_inodes(port);
  if (inodes.empty()) return PortHolder::nobody;
  bool is_ending = true;
  for (const ProcessStat& member : session_members(session)) {
    const std::set<std::string> open = open_files(member.pid);
    if (std::any_of(inodes.begin(), inodes.end(), [&](const std::string& inode) { return open.contains("socket:[" + inode + "]"); })) return PortHolder::session;
    is_ending = is_ending && open.empty();
  }
  // A process that ends lets go of its descriptors before the kernel closes its sockets.
  return is_ending ? PortHolder::nobody : PortHolder::others;
}

}  // namespace mops::target
