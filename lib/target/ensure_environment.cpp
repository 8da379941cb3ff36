#include "base/file_descriptor.h"
#include "base/text.h"
#include "http/url.h"
#include "target/environment.h"
#include "target/environment_failure.h"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <thread>
#include <unistd.h>

namespace mops::target {
namespace {

constexpr std::string_view k_complete = "complete";

/// Hands on whole lines, without what is secret in URLs.
class LineSink {
 public:
  explicit LineSink(const OutputSink& sink) : sink_(sink) {}
  void add(std::string_view bytes, bool is_error) {
    std::string& pending = pending_[is_error ? 1 : 0];
    pending += bytes;
    const size_t end = pending.rfind('\n');
    if (end == std::string::npos) return;
    say(std::string_view(pending).substr(0, end + 1), is_error);
    pending.erase(0, end + 1);
  }
  void finish() {
    for (const bool is_error : {false, true}) {
      std::string& pending = pending_[is_error ? 1 : 0];
      if (!pending.empty()) say(pending + "\n", is_error);
      pending.clear();
    }
  }
  void say(std::string_view text, bool is_error) const {
    if (sink_) sink_(http::redact_urls(text), is_error);
  }

 private:
  const OutputSink& sink_;
  std::array<std::string, 2> pending_;
};

/// Only what a creating command needs: the same environment comes out whoever runs it.
Variables creation_variables(const Environment& environment, const Variables& all) {
  static constexpr std::array<std::string_view, 9> k_basic = {"PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "TMPDIR", "TZ", "TERM"};
  Variables variables;
  const auto pass = [&](std::string_view name) {
    if (const auto value = all.get(name)) variables.set(std::string(name), *value);
  };
  for (const std::string_view name : k_basic) pass(name);
  for (const std::string& name : environment.network) pass(name);
  for (const auto& [name, value] : environment.variables) variables.set(name, value);
  return variables;
}

Result<std::string> interpreter_output(const Environment& environment, const Variables& variables, const std::stop_token& stop) {
  if (environment.interpreter.empty()) return std::string();
  auto result = run_process({.arguments = environment.interpreter, .variables = variables}, stop, std::chrono::seconds(60));
  if (!result && result.error().code == ErrorCode::interrupted) return fail(std::move(result).error());
  if (!result) return fail(std::move(result).error().in_context(fmt::format("the environment `{}` cannot be used here", environment.name)));
  if (result->exit_code != 0) return fail(creation_failure(environment, environment.interpreter, *result, variables));
  return std::string(trim(result->output));
}

/// Holds the lock of one environment for its life.
class EnvironmentLock {
 public:
  static Result<EnvironmentLock> take(const Path& path, const Environment& environment, const LineSink& sink, const std::stop_token& stop) {
    FileDescriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
    if (!file) return fail(errno_error(fmt::format("cannot open `{}`", path.string()), errno));
    bool has_said = false;
    while (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
      if (errno == EINTR) continue;
      if (errno != EWOULDBLOCK) return fail(errno_error(fmt::format("cannot lock `{}`", path.string()), errno));
      if (!has_said) sink.say(fmt::format("waiting for {}, which is creating the environment `{}`\n", holder(file.get()), environment.name), true);
      has_said = true;
      if (stop.stop_requested()) return fail(ErrorCode::interrupted, fmt::format("interrupted while waiting for the environment `{}`", environment.name));
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    const std::string pid = fmt::format("{}\n", ::getpid());
    if (::ftruncate(file.get(), 0) != 0 || ::pwrite(file.get(), pid.data(), pid.size(), 0) < 0)
      return fail(errno_error(fmt::format("cannot write `{}`", path.string()), errno));
    return EnvironmentLock(std::move(file));
  }

 private:
  explicit EnvironmentLock(FileDescriptor file) : file_(std::move(file)) {}
  static std::string holder(int file) {
    std::array<char, 32> text{};
    const ssize_t n = ::pread(file, text.data(), text.size(), 0);
    const std::string_view pid = n > 0 ? trim(std::string_view(text.data(), static_cast<size_t>(n))) : std::string_view();
    return pid.empty() ? "another process" : fmt::format("process {}", pid);
  }

  FileDescriptor file_;
};

/// Before the mark is written, everything that it vouches for is on the disk.
void flush(const Path& folder) {
  const FileDescriptor directory(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (directory) ::syncfs(directory.get());
}

std::string mark(const Environment& environment, const Digest& key) {
  return fmt::format("format: environment-mark/v1\nenvironment: {}\nkey: {}\n", environment.name, key.hex());
}

Result<void> run_commands(const EnvironmentOrder& order, const Path& prefix, const Variables& variables, LineSink& sink, const std::stop_token& stop) {
  for (std::vector<std::string> command : order.environment.create) {
    for (std::string& word : command) word = replace_all(replace_all(word, "{prefix}", prefix.string()), "{lock}", order.lock_file.string());
    auto result = run_process({.arguments = command, .folder = order.folder, .variables = variables}, stop, std::chrono::hours(24),
                              [&](std::string_view bytes, bool is_error) { sink.add(bytes, is_error); });
    sink.finish();
    if (!result && result.error().code == ErrorCode::not_found)
      return fail(std::move(result).error().in_context(fmt::format("the environment `{}` cannot be created", order.environment.name)));
    if (!result) return fail(std::move(result).error());
    if (result->exit_code != 0) return fail(creation_failure(order.environment, command, *result, variables));
  }
  return {};
}

/// Made in its place: programs in an environment name themselves by their path, so that it could not be renamed later.
Result<void> create(const EnvironmentOrder& order, const Path& prefix, const Digest& key, const Variables& variables, FileSystem& files,
                    LineSink& sink, const std::stop_token& stop) {
  MOPS_TRY(files.remove(prefix));
  MOPS_TRY(files.make_directories(prefix));
  Result<void> made = run_commands(order, prefix, variables, sink, stop);
  if (made) {
    flush(prefix);
    made = files.write(prefix / k_complete, mark(order.environment, key));
  }
  if (made) return {};
  Error error = std::move(made).error();
  if (const auto removed = files.remove(prefix); !removed) error.causes.push_back(removed.error().message);
  return fail(std::move(error));
}

bool is_complete(const Path& prefix, const Environment& environment, const Digest& key, FileSystem& files) {
  const auto content = files.read(prefix / k_complete);
  return content && *content == mark(environment, key);
}

}  // namespace

Result<PreparedEnvironment> ensure_environment(const EnvironmentOrder& order, FileSystem& files, const OutputSink& progress, std::stop_token stop) {
  const Environment& environment = order.environment;
  const Variables variables = creation_variables(environment, order.variables);
  std::optional<Digest> lock;
  if (!order.lock_file.empty()) {
    MOPS_ASSIGN(const std::string content, files.read(order.lock_file));
    lock = sha256(content);
  }
  MOPS_ASSIGN(const std::string interpreter, interpreter_output(environment, variables, stop));
  const Digest key = environment_key(environment, lock, interpreter, platform_name());
  if (environment.create.empty()) return PreparedEnvironment{.prefix = {}, .key = key};

  // Absolute: commands run elsewhere, and what they make remembers where it is.
  const Path folder = std::filesystem::absolute(order.folder).lexically_normal();
  const Path prefix = folder / fmt::format("{}-{}", environment.name, key.hex().substr(0, 16));
  if (is_complete(prefix, environment, key, files)) return PreparedEnvironment{.prefix = prefix, .key = key};
  MOPS_TRY(files.make_directories(folder));
  const EnvironmentOrder absolute{.environment = environment,
                                  .lock_file = order.lock_file.empty() ? Path() : std::filesystem::absolute(order.lock_file).lexically_normal(),
                                  .folder = folder,
                                  .variables = order.variables};
  LineSink sink(progress);
  MOPS_ASSIGN(const EnvironmentLock held, EnvironmentLock::take(Path(prefix.string() + ".lock"), environment, sink, stop));
  if (is_complete(prefix, environment, key, files)) return PreparedEnvironment{.prefix = prefix, .key = key};
  MOPS_TRY(create(absolute, prefix, key, variables, files, sink, stop));
  return PreparedEnvironment{.prefix = prefix, .key = key};
}

}  // namespace mops::target
