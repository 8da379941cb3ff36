#include "target/spawn.h"

#include "base/file_descriptor.h"

#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <unistd.h>

namespace mops::target {
namespace {

std::optional<Path> program_of(const ProcessCommand& command) {
  const std::string& program = command.arguments.front();
  const bool is_relative_path = program.find('/') != std::string::npos && program.front() != '/';
  return find_program(is_relative_path ? (command.folder / program).string() : program, command.variables);
}

Result<FileDescriptor> open_log(const Path& log, std::string_view first_line) {
  FileDescriptor file(::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640));
  if (!file) return fail(errno_error(fmt::format("cannot write the log `{}`", log.string()), errno));
  const ssize_t n = ::write(file.get(), first_line.data(), first_line.size());
  if (n != static_cast<ssize_t>(first_line.size())) return fail(errno_error(fmt::format("cannot write the log `{}`", log.string()), n < 0 ? errno : ENOSPC));
  return file;
}

/// Files close when the child becomes the program, not before: who waits for a lock of ours then finds each process that we
/// started under its own variables. False on kernels before 5.11.
bool close_at_exec() { return ::close_range(3, ~0U, CLOSE_RANGE_CLOEXEC) == 0; }

/// posix_spawn's attributes and file actions, set for a session of its own.
class SpawnPlan {
 public:
  SpawnPlan(const Path& folder, int log) {
    posix_spawn_file_actions_init(&actions_);
    posix_spawn_file_actions_addopen(&actions_, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions_, log, 1);
    posix_spawn_file_actions_adddup2(&actions_, log, 2);
    if (!close_at_exec()) posix_spawn_file_actions_addclosefrom_np(&actions_, 3);
    posix_spawn_file_actions_addchdir_np(&actions_, folder.c_str());
    posix_spawnattr_init(&attributes_);
    sigset_t none;
    sigemptyset(&none);
    sigset_t all;
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes_, &none);
    posix_spawnattr_setsigdefault(&attributes_, &all);
    posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSID);
  }
  ~SpawnPlan() {
    posix_spawn_file_actions_destroy(&actions_);
    posix_spawnattr_destroy(&attributes_);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;

  int start(pid_t& pid, const Path& program, const std::vector<char*>& arguments, const std::vector<char*>& environment) const {
    return ::posix_spawn(&pid, program.c_str(), &actions_, &attributes_, arguments.data(), environment.data());
  }

 private:
  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

std::vector<char*> pointers(std::vector<std::string>& strings) {
  std::vector<char*> out;
  for (std::string& text : strings) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

}  // namespace

Result<pid_t> spawn_session(const ProcessCommand& command, const Path& log, std::string_view first_line) {
  const std::string& name = command.arguments.front();
  const std::optional<Path> program = program_of(command);
  if (!program) {
    std::error_code ignored;
    const bool is_there = name.find('/') != std::string::npos && std::filesystem::exists(command.folder / name, ignored);
    if (is_there) return fail(ErrorCode::not_found, fmt::format("`{}` is not executable", name), fmt::format("run `chmod +x {}` and commit it", name));
    return fail(ErrorCode::not_found, fmt::format("cannot find the program `{}`", name), "is it in the payload or in the environment, and spelled like this?");
  }
  MOPS_ASSIGN(const FileDescriptor output, open_log(log, first_line));
  std::vector<std::string> arguments = command.arguments;
  std::vector<std::string> environment = command.variables.environment();
  pid_t pid = 0;
  const SpawnPlan plan(command.folder, output.get());
  const int rc = plan.start(pid, *program, pointers(arguments), pointers(environment));
  if (rc == ENOENT)
    return fail(ErrorCode::not_found, fmt::format("cannot start `{}`: the interpreter or loader that it names is not there", name));
  if (rc == ENOEXEC) return fail(ErrorCode::outside, fmt::format("cannot start `{}`: it is not a program of this machine", name));
  if (rc != 0) return fail(errno_error(fmt::format("cannot start `{}`", name), rc));
  return pid;
}

}  // namespace mops::target
