#include "platform/state_folder.h"

#include "base/clock.h"
#include "target/process_identity.h"

#include <array>
#include <cerrno>
#include <charconv>
#include <fcntl.h>
#include <sys/stat.h>
#include <thread>

namespace mops::platform {
namespace {

int64_t pid_in(int fd) {
  std::array<char, 32> text{};
  const ssize_t n = ::pread(fd, text.data(), text.size(), 0);
  int64_t pid = 0;
  if (n > 0) std::from_chars(text.data(), text.data() + n, pid);
  return pid;
}

/// Locks are held on by what a killed platform was just starting, until that is a program of its own.
constexpr auto k_time_to_let_go = std::chrono::seconds(5);

bool has_ended(int64_t pid) {
  const auto stat = target::process_stat(static_cast<pid_t>(pid));
  return !stat || stat->state == 'Z' || stat->state == 'X';
}

/// A lock of the open file description: unlike flock, it can be asked about without being taken, so that who only looks is
/// never in the way of who starts.
struct flock whole_file(short type) { return {.l_type = type, .l_whence = SEEK_SET, .l_start = 0, .l_len = 0, .l_pid = 0}; }

}  // namespace

Result<StateFolder> StateFolder::find(const std::string& given, const Variables& variables, const Path& present_folder) {
  Path root = given;
  if (root.empty()) root = variables.get("MOPS_STATE").value_or("");
  if (root.empty()) {
    const std::optional<std::string> home = variables.get("HOME");
    const std::optional<std::string> state_home = variables.get("XDG_STATE_HOME");
    if (state_home && !state_home->empty()) root = Path(*state_home) / "mops";
    else if (home && !home->empty()) root = Path(*home) / ".local" / "state" / "mops";
    else return fail(ErrorCode::usage, "no folder for the platform's state: neither MOPS_STATE nor HOME is set", "say `--state DIR`");
  }
  return StateFolder{.root = (present_folder / root).lexically_normal()};
}

Result<void> StateFolder::make(FileSystem& files) const {
  constexpr size_t k_longest_socket_path = 107;
  if (socket().string().size() > k_longest_socket_path)
    return fail(ErrorCode::usage, fmt::format("the state folder's path `{}` is too long for a Unix socket", root.string()),
                fmt::format("choose one of at most {} bytes with `--state DIR`", k_longest_socket_path - std::string_view("/admin.sock").size()));
  for (const Path& folder : {root, versions(), incoming(), environments(), root / "logs"}) MOPS_TRY(files.make_directories(folder));
  if (::chmod(root.c_str(), 0700) != 0) return fail(errno_error(fmt::format("cannot protect `{}`", root.string()), errno));
  return {};
}

Result<PlatformLock> PlatformLock::take(const StateFolder& folder) {
  const Path path = folder.lock_file();
  FileDescriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!file) return fail(errno_error(fmt::format("cannot open `{}`", path.string()), errno));
  struct flock wanted = whole_file(F_WRLCK);
  const SteadyDeadline deadline(k_time_to_let_go);
  while (::fcntl(file.get(), F_OFD_SETLK, &wanted) != 0) {
    if (errno != EAGAIN && errno != EACCES) return fail(errno_error(fmt::format("cannot lock `{}`", path.string()), errno));
    if (has_ended(pid_in(file.get())) && !deadline.passed()) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
      continue;
    }
    return fail(ErrorCode::refused, fmt::format("a platform runs already on `{}` (process {})", folder.root.string(), pid_in(file.get())),
                "`mops status` shows it, `mops down` stops it; another one needs another folder: `--state DIR`");
  }
  const std::string pid = fmt::format("{}\n", ::getpid());
  if (::ftruncate(file.get(), 0) != 0 || ::pwrite(file.get(), pid.data(), pid.size(), 0) < 0)
    return fail(errno_error(fmt::format("cannot write `{}`", path.string()), errno));
  return PlatformLock(std::move(file));
}

std::optional<int64_t> running_platform(const StateFolder& folder) {
  const FileDescriptor file(::open(folder.lock_file().c_str(), O_RDONLY | O_CLOEXEC));
  const SteadyDeadline deadline(k_time_to_let_go);
  while (true) {
    struct flock held = whole_file(F_WRLCK);
    if (!file || ::fcntl(file.get(), F_OFD_GETLK, &held) != 0 || held.l_type == F_UNLCK) return std::nullopt;
    const int64_t pid = pid_in(file.get());
    if (!has_ended(pid) || deadline.passed()) return pid;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

}  // namespace mops::platform
