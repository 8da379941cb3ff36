#include "base/process.h"

#include "base/clock.h"
#include "base/file_descriptor.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace mops {
namespace {

using std::chrono::milliseconds;

std::vector<char*> pointers(std::vector<std::string>& strings) {
  std::vector<char*> out;
  out.reserve(strings.size() + 1);
  for (std::string& s : strings) out.push_back(s.data());
  out.push_back(nullptr);
  return out;
}

struct Pipe {
  FileDescriptor read_end;
  FileDescriptor write_end;
};

Result<Pipe> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return fail(errno_error("cannot make a pipe", errno));
  return Pipe{FileDescriptor(ends[0]), FileDescriptor(ends[1])};
}

/// Starts `command`; the three descriptors become its standard streams (negative: inherited).
Result<pid_t> spawn(const ProcessCommand& command, ProcessGroup group, int in, int out, int err) {
  const std::optional<Path> program = find_program(command.arguments.front(), command.variables);
  if (!program)
    return fail(ErrorCode::not_found, fmt::format("cannot find the program `{}`", command.arguments.front()), "install it, or put its folder into PATH");

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  const std::array<int, 3> streams = {in, out, err};
  for (int i = 0; i < 3; ++i)
    if (streams[static_cast<size_t>(i)] >= 0) posix_spawn_file_actions_adddup2(&actions, streams[static_cast<size_t>(i)], i);
  if (!command.folder.empty()) posix_spawn_file_actions_addchdir_np(&actions, command.folder.c_str());

  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none;
  sigemptyset(&none);
  sigset_t defaults;
  sigemptyset(&defaults);
  for (const int signal : {SIGPIPE, SIGINT, SIGTERM, SIGHUP, SIGCHLD}) sigaddset(&defaults, signal);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &defaults);
  short flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF;
  if (group == ProcessGroup::own) flags |= POSIX_SPAWN_SETPGROUP;
  posix_spawnattr_setflags(&attributes, flags);

  std::vector<std::string> arguments = command.arguments;
  std::vector<std::string> environment = command.variables.environment();
  pid_t pid = 0;
  const int rc = ::posix_spawn(&pid, program->c_str(), &actions, &attributes, pointers(arguments).data(), pointers(environment).data());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  if (rc != 0) return fail(errno_error(fmt::format("cannot start `{}`", program->string()), rc));
  return pid;
}

int exit_code_of(int status) { return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status); }

int wait_for(pid_t pid) {
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return exit_code_of(status);
}

/// Ends a whole process group, or one process: SIGTERM, then SIGKILL when its leader has not left after 2 s. Reaps the leader.
void end(pid_t leader, ProcessGroup group) {
  const pid_t whom = group == ProcessGroup::own ? -leader : leader;
  ::kill(whom, SIGTERM);
  const FileDescriptor handle(static_cast<int>(::syscall(SYS_pidfd_open, leader, 0)));
  pollfd waiting{.fd = handle.get(), .events = POLLIN, .revents = 0};
  if (!handle || ::poll(&waiting, 1, 2000) <= 0) ::kill(whom, SIGKILL);
  wait_for(leader);
  if (group == ProcessGroup::own) ::kill(whom, SIGKILL);
}

/// Moves what is readable from `from` to the sink and the result. False at end of file.
bool drain(int from, bool is_error, ProcessResult& result, const OutputSink& sink) {
  std::array<char, 16384> buffer;
  const ssize_t n = ::read(from, buffer.data(), buffer.size());
  if (n < 0) return errno == EINTR || errno == EAGAIN;
  if (n == 0) return false;
  const std::string_view bytes(buffer.data(), static_cast<size_t>(n));
  (is_error ? result.errors : result.output) += bytes;
  if (sink) sink(bytes, is_error);
  return true;
}

}  // namespace

Result<ProcessResult> run_process(const ProcessCommand& command, std::stop_token stop, milliseconds timeout, const OutputSink& sink) {
  MOPS_ASSIGN(Pipe in, make_pipe());
  MOPS_ASSIGN(Pipe out, make_pipe());
  MOPS_ASSIGN(Pipe err, make_pipe());
  MOPS_ASSIGN(const pid_t pid, spawn(command, command.group, in.read_end.get(), out.write_end.get(), err.write_end.get()));
  in.read_end.reset();
  out.write_end.reset();
  err.write_end.reset();
  ::fcntl(in.write_end.get(), F_SETFL, O_NONBLOCK);
  const FileDescriptor exited(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));

  ProcessResult result;
  std::string_view input = command.input;
  if (input.empty()) in.write_end.reset();
  const SteadyDeadline deadline(timeout);
  while (true) {
    std::array<pollfd, 4> fds = {{{.fd = out.read_end.get(), .events = POLLIN, .revents = 0},
                                  {.fd = err.read_end.get(), .events = POLLIN, .revents = 0},
                                  {.fd = in.write_end.get(), .events = POLLOUT, .revents = 0},
                                  {.fd = exited.get(), .events = POLLIN, .revents = 0}}};
    // A stop token cannot wake poll, so it is looked at ten times a second.
    ::poll(fds.data(), fds.size(), static_cast<int>(std::min<int64_t>(100, deadline.left().count())));
    if (stop.stop_requested() || deadline.passed()) {
      end(pid, command.group);
      const std::string name = command.arguments.front();
      if (stop.stop_requested()) return fail(ErrorCode::interrupted, fmt::format("`{}` was interrupted", name));
      return fail(ErrorCode::interrupted, fmt::format("`{}` did not end within {} s", name, timeout.count() / 1000));
    }
    if (fds[0].revents != 0 && !drain(out.read_end.get(), false, result, sink)) out.read_end.reset();
    if (fds[1].revents != 0 && !drain(err.read_end.get(), true, result, sink)) err.read_end.reset();
    if (fds[2].revents != 0) {
      const ssize_t n = ::write(in.write_end.get(), input.data(), input.size());
      if (n > 0) input.remove_prefix(static_cast<size_t>(n));
      if ((n < 0 && errno != EAGAIN && errno != EINTR) || input.empty()) in.write_end.reset();
    }
    // The end of the process is the end of the call, even where a grandchild keeps the pipes open; what was printed
    // before it is still in the pipes.
    if (fds[3].revents != 0) {
      for (auto* pipe : {&out, &err}) {
        if (!pipe->read_end) continue;
        ::fcntl(pipe->read_end.get(), F_SETFL, O_NONBLOCK);
        errno = 0;
        while (drain(pipe->read_end.get(), pipe == &err, result, sink) && errno != EAGAIN) errno = 0;
      }
      result.exit_code = wait_for(pid);
      return result;
    }
  }
}

Result<int> run_in_terminal(const ProcessCommand& command) {
  MOPS_ASSIGN(const pid_t pid, spawn(command, ProcessGroup::inherited, -1, -1, -1));
  return wait_for(pid);
}

}  // namespace mops
