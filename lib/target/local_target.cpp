#include "target/local_target.h"

#include "base/file_descriptor.h"
#include "base/readable.h"
#include "base/text.h"
#include "http/url.h"
#include "target/log.h"
#include "target/process_identity.h"
#include "target/spawn.h"

#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstring>
#include <fmt/format.h>
#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>

namespace mops::target {
namespace {

using std::chrono::milliseconds;

constexpr uint64_t k_largest_log = 10'000'000;
constexpr size_t k_shown_lines = 20;
constexpr std::string_view k_payload_variable = "MOPS_PAYLOAD";
constexpr std::string_view k_port_variable = "MOPS_PORT";
constexpr std::string_view k_folder_variable = "MOPS_FOLDER";
constexpr std::string_view k_owner_variable = "MOPS_OWNER";

bool says_port_is_taken(const std::vector<std::string>& lines) {
  for (const std::string& line : lines) {
    std::string lower = line;
    for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    for (const std::string_view words : {"address already in use", "address in use", "eaddrinuse"})
      if (lower.find(words) != std::string::npos) return true;
  }
  return false;
}

Error end_error(const Instance& instance, std::optional<int> status) {
  Error error{.code = ErrorCode::refused, .causes = own_lines(instance, k_shown_lines), .help = fmt::format("its log is `{}`", instance.log.string())};
  if (!status) {
    error.message = fmt::format("`{}` has ended", instance.name);
  } else if (WIFSIGNALED(*status)) {
    const char* name = ::sigabbrev_np(WTERMSIG(*status));
    error.message = fmt::format("`{}` was ended by signal {} (SIG{})", instance.name, WTERMSIG(*status), name == nullptr ? "?" : name);
    if (WTERMSIG(*status) == SIGKILL) error.help += "; SIGKILL often means that the machine ran out of memory";
  } else {
    error.message = fmt::format("`{}` ended with exit code {}", instance.name, WEXITSTATUS(*status));
  }
  if (error.causes.empty()) error.causes.emplace_back("it printed nothing");
  return error;
}

FileDescriptor open_pidfd(pid_t pid) { return FileDescriptor(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))); }

void send_signal(const FileDescriptor& process, int signal) {
  if (process) ::syscall(SYS_pidfd_send_signal, process.get(), signal, nullptr, 0);
}

/// The handle of a process is readable when it has ended.
bool wait_for_end(const FileDescriptor& process, milliseconds time) { return wait_readable(process.get(), time); }

/// The instance's process and nobody else's, or nullopt.
std::optional<ProcessStat> own_process(const Instance& instance) {
  const auto stat = process_stat(instance.pid);
  if (!stat || stat->start_time != instance.start_time || boot_id() != instance.boot_id) return std::nullopt;
  return stat;
}

struct Member {
  ProcessStat stat;
  FileDescriptor handle;
};

/// Handles first, then a second look: a handle whose process was replaced in between is dropped.
std::vector<Member> open_handles(const std::vector<ProcessStat>& processes) {
  std::vector<Member> members;
  for (const ProcessStat& stat : processes) {
    FileDescriptor handle = open_pidfd(stat.pid);
    const auto again = process_stat(stat.pid);
    if (handle && again && again->start_time == stat.start_time) members.push_back({.stat = stat, .handle = std::move(handle)});
  }
  return members;
}

std::vector<Member> open_members(pid_t session) { return open_handles(session_members(session)); }

/// Ends what a leader that is gone left in its session. The number of a session is not given out again while it has members;
/// what they were started with says that they are ours.
void end_orphans(const Instance& instance) {
  if (process_stat(instance.pid)) return;
  // Again while there are any: one of them may have started another before it got the signal.
  const SteadyDeadline deadline(milliseconds(500));
  while (!deadline.passed()) {
    const std::vector<Member> members = open_members(instance.pid);
    if (members.empty()) return;
    for (const Member& member : members)
      if (started_with(member.stat.pid, k_payload_variable) == instance.payload.hex()) send_signal(member.handle, SIGKILL);
    wait_for_end(members.front().handle, milliseconds(10));
  }
}

}  // namespace

Result<Instance> LocalTarget::start(const VersionSpec& spec) {
  if (spec.command.empty()) return fail(ErrorCode::usage, fmt::format("`{}` has no command to start", spec.name));
  if (!std::filesystem::is_directory(spec.folder))
    return fail(ErrorCode::not_found, fmt::format("the payload of `{}` is not at `{}`", spec.name, spec.folder.string()));
  Instance instance{.name = spec.name, .model = spec.model, .payload = spec.payload, .boot_id = boot_id(), .port = free_port(), .log = spec.log};
  if (instance.port == 0) return fail(ErrorCode::outside, fmt::format("no port is free for `{}`", spec.name));

  ProcessCommand command{.arguments = spec.command, .folder = std::filesystem::absolute(spec.folder), .variables = spec.variables};
  for (std::string& word : command.arguments) word = replace_all(word, "{port}", fmt::format("{}", instance.port));
  command.variables.set(std::string(k_payload_variable), spec.payload.hex());
  command.variables.set(std::string(k_port_variable), fmt::format("{}", instance.port));
  command.variables.set(std::string(k_folder_variable), command.folder.string());
  if (!spec.owner.empty()) command.variables.set(std::string(k_owner_variable), spec.owner);
  rotate_log(spec.log, k_largest_log);
  MOPS_ASSIGN(instance.pid, spawn_session(command, spec.log, start_mark(spec.name, instance.port) + "\n"));
  const std::lock_guard lock(mutex_);
  // Our child cannot be reaped by anybody else, so its entry is there even if it has ended by now.
  const auto stat = process_stat(instance.pid);
  if (!stat) return fail(ErrorCode::outside, fmt::format("cannot find the process of `{}` in /proc", spec.name));
  instance.start_time = stat->start_time;
  ended_children_.erase(instance.pid);
  port_seen_.erase(instance.pid);
  return instance;
}

std::optional<LocalTarget::End> LocalTarget::end_of(const Instance& instance) {
  const std::lock_guard lock(mutex_);
  if (const auto known = ended_children_.find(instance.pid); known != ended_children_.end() && known->second.first == instance.start_time)
    return End{.status = known->second.second};
  const auto stat = own_process(instance);
  if (!stat) return End{};
  int status = 0;
  const pid_t reaped = ::waitpid(instance.pid, &status, WNOHANG);
  if (reaped == instance.pid) {
    ended_children_[instance.pid] = {instance.start_time, status};
    return End{.status = status};
  }
  if (reaped == 0) return std::nullopt;
  if (stat->state == 'Z' || stat->state == 'X') return End{};
  return std::nullopt;
}

std::optional<Error> LocalTarget::ended(const Instance& instance) {
  const auto end = end_of(instance);
  if (!end) return std::nullopt;
  return end_error(instance, end->status);
}

Result<std::string> LocalTarget::ask(const Instance& instance, const std::string& path, const std::stop_token& stop) {
  const http::Request request{.url = fmt::format("http://127.0.0.1:{}{}", instance.port, path), .timeout = milliseconds(1000), .largest_answer = 1 << 20};
  const auto response = transport_.send(request, stop);
  if (response && response->status == 200) return std::string();
  if (response) return fmt::format("GET {} answered {}", path, response->status);
  if (response.error().transient || response.error().code == ErrorCode::outside) return fmt::format("GET {}: {}", path, response.error().message);
  return fail(response.error());
}

Result<Probe> LocalTarget::ready(const Instance& instance, std::stop_token stop) {
  if (const auto end = end_of(instance)) {
    const bool failed = !end->status || !WIFEXITED(*end->status) || WEXITSTATUS(*end->status) != 0;
    if (failed && says_port_is_taken(own_lines(instance, k_shown_lines)))
      return Probe{.readiness = Readiness::port_taken, .detail = fmt::format("port {} was taken by another program", instance.port)};
    return fail(end_error(instance, end->status));
  }
  if (!has_own_port(instance)) {
    const PortHolder holder = port_holder(instance.port, instance.pid);
    if (holder == PortHolder::nobody) return Probe{.detail = fmt::format("nothing listens on port {}", instance.port)};
    if (holder == PortHolder::others)
      return Probe{.readiness = Readiness::port_taken, .detail = fmt::format("another program listens on port {}", instance.port)};
    const std::lock_guard lock(mutex_);
    port_seen_[instance.pid] = instance.start_time;
  }
  for (const std::string& path : {std::string("/v2/health/ready"), fmt::format("/v2/models/{}/ready", http::percent_encode(instance.model))}) {
    MOPS_ASSIGN(std::string problem, ask(instance, path, stop));
    if (!problem.empty()) return Probe{.detail = std::move(problem)};
  }
  return Probe{.readiness = Readiness::ready};
}

bool LocalTarget::has_own_port(const Instance& instance) {
  const std::lock_guard lock(mutex_);
  const auto seen = port_seen_.find(instance.pid);
  return seen != port_seen_.end() && seen->second == instance.start_time;
}

std::vector<Endpoint> LocalTarget::endpoints(const Instance& instance) { return {{.host = "127.0.0.1", .port = instance.port}}; }

Result<void> LocalTarget::scale(const Instance& instance, uint32_t count) {
  if (count == 1) return {};
  return fail(ErrorCode::refused, fmt::format("the local target runs 1 instance of `{}`, not {}", instance.name, count),
              "use a target that can run several");
}

Result<void> LocalTarget::logs(const Instance& instance, const LogRequest& request, const OutputSink& sink, std::stop_token stop) {
  return show_log(instance.log, request, sink, std::move(stop));
}

Result<void> LocalTarget::stop(const Instance& instance, milliseconds grace) {
  if (boot_id() != instance.boot_id) return {};
  const FileDescriptor leader = open_pidfd(instance.pid);
  // Looked at after the handle was opened: a process that took over the number since then has another start time.
  if (!leader || !own_process(instance)) {
    end_orphans(instance);
    return {};
  }
  std::vector<Member> members = open_members(instance.pid);
  for (const Member& member : members) send_signal(member.handle, SIGTERM);
  if (!wait_for_end(leader, grace)) {
    for (Member& late : open_members(instance.pid)) members.push_back(std::move(late));
    send_signal(leader, SIGKILL);
  }
  for (const Member& member : members) send_signal(member.handle, SIGKILL);
  if (!wait_for_end(leader, milliseconds(5000)))
    return fail(ErrorCode::outside, fmt::format("process {} of `{}` does not end, not even by SIGKILL", instance.pid, instance.name),
                fmt::format("it waits for a device or a file system: look at `ps -o stat,wchan -p {}`", instance.pid));
  end_of(instance);
  end_orphans(instance);
  return {};
}

void LocalTarget::end_all_in(const Path& folder) {
  const std::string wanted = std::filesystem::absolute(folder).string();
  for (const Member& member : open_handles(running_processes()))
    if (started_with(member.stat.pid, k_folder_variable) == wanted) send_signal(member.handle, SIGKILL);
}

Result<void> LocalTarget::adopt(const Instance& recorded) {
  const auto refuse = [&](std::string reason) {
    return fail(ErrorCode::refused, fmt::format("process {} is not `{}` as it was recorded: {}", recorded.pid, recorded.name, reason));
  };
  if (boot_id() != recorded.boot_id) return refuse("the machine was started anew since then");
  const auto stat = process_stat(recorded.pid);
  if (!stat || stat->state == 'Z' || stat->state == 'X') return refuse("it has ended");
  if (stat->start_time != recorded.start_time) return refuse("it is another process with the same number");
  const auto payload = started_with(recorded.pid, k_payload_variable);
  if (payload != recorded.payload.hex()) return refuse(fmt::format("it runs payload `{}`, not `{}`", payload.value_or("unknown"), recorded.payload.hex()));
  const auto port = started_with(recorded.pid, k_port_variable);
  if (port != fmt::format("{}", recorded.port)) return refuse(fmt::format("it was given port {}, not {}", port.value_or("unknown"), recorded.port));
  if (port_holder(recorded.port, recorded.pid) == PortHolder::others) return refuse(fmt::format("another program listens on port {}", recorded.port));
  return {};
}

std::vector<Instance> LocalTarget::running(const std::string& owner) {
  std::vector<Instance> found;
  for (const ProcessStat& process : running_processes()) {
    if (started_with(process.pid, k_owner_variable) != owner) continue;
    // What a version starts inherits its variables: one session is one instance, whose leader may have ended.
    if (std::any_of(found.begin(), found.end(), [&](const Instance& other) { return other.pid == process.session; })) continue;
    const auto payload = Digest::parse(started_with(process.pid, k_payload_variable).value_or(""));
    const std::string port = started_with(process.pid, k_port_variable).value_or("");
    if (!payload) continue;
    Instance instance{.name = fmt::format("process {}", process.session), .payload = *payload, .pid = process.session, .boot_id = boot_id()};
    std::from_chars(port.data(), port.data() + port.size(), instance.port);
    if (const auto leader = process_stat(process.session)) instance.start_time = leader->start_time;
    found.push_back(std::move(instance));
  }
  return found;
}

}  // namespace mops::target
