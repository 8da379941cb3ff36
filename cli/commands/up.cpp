#include "base/version.h"
#include "cli/commands/all.h"
#include "cli/environments.h"
#include "cli/policies.h"
#include "cli/platform_access.h"
#include "cli/platform_here.h"
#include "platform/compatibility.h"
#include "target/local_target.h"
#include "target/log.h"

#include <csignal>
#include <fcntl.h>
#include <spawn.h>
#include <thread>
#include <unistd.h>

namespace mops::cli {
namespace {

class UpCommand final : public Command {
 public:
  [[nodiscard]] CommandText text() const override {
    return {.name = "up",
            .summary = "run the embedded platform: serve promoted versions behind one address",
            .examples = {"mops up", "mops up -d", "mops up --listen 127.0.0.1:9000 --state /srv/mops", "mops up -d --replace"}};
  }

  std::vector<Option> options() override {
    return {{.name = "-d,--detach", .help = "in the background; `mops down` stops it", .target = &detach_},
            {.name = "--listen", .value = "HOST:PORT", .help = "where the only stage listens (127.0.0.1:8080)", .target = &listen_},
            {.name = "--replace", .help = "take the place of the platform that runs, without losing a request", .target = &replace_},
            {.name = "--stages", .value = "FILE", .help = "the stages of this platform (stages.yaml in its folder)", .target = &stages_file_},
            state_option(state_)};
  }

  Result<ExitCode> run(Env& env) override {
    MOPS_ASSIGN(platform::StateFolder folder, platform::StateFolder::find(state_, env.variables, env.folder));
    MOPS_ASSIGN(std::vector<platform::Stage> stages, read_stages(env, folder));
    return detach_ ? run_detached(env, folder) : run_here(env, folder, std::move(stages));
  }

 private:
  Result<std::vector<platform::Stage>> read_stages(Env& env, const platform::StateFolder& folder) {
    const Path file = stages_file_ ? env.folder / *stages_file_ : folder.stages_file();
    std::vector<platform::Stage> stages = {platform::Stage{}};
    if (stages_file_ || exists(env.files, file)) {
      MOPS_ASSIGN(std::string text, env.files.read(file));
      MOPS_ASSIGN(stages, platform::read_stages(document::parse_yaml({.path = file.string(), .text = std::move(text)})));
    } else {
      has_default_stage_ = !listen_;
    }
    if (!listen_) return stages;
    if (stages.size() > 1) return fail(ErrorCode::usage, "`--listen` is for a platform with one stage", fmt::format("write `listen:` into {}", file.string()));
    MOPS_ASSIGN(stages.front().listen, platform::ListenAddress::parse(*listen_));
    return stages;
  }

  Result<ExitCode> run_here(Env& env, const platform::StateFolder& folder, std::vector<platform::Stage> stages) {
    std::vector<target::Environment> environments;
    MOPS_ASSIGN(std::vector<EnvironmentFile> built_in, official_environments(built_in_bundle()));
    for (EnvironmentFile& file : built_in) environments.push_back(std::move(file.environment));
    std::optional<platform::Takeover> takeover;
    MOPS_ASSIGN(const bool replaces, is_to_replace(env, folder));
    if (replaces) {
      MOPS_ASSIGN(takeover, platform::Takeover::ask(folder));
      // Nobody said where to listen: where the other one did.
      if (has_default_stage_ && takeover->sockets.size() == 1) {
        const net::Address& address = takeover->sockets.front().socket.address();
        stages.front().listen = {.host = address.host, .port = address.port};
      }
    }
    target::LocalTarget target(env.transport);
    PlatformHere here(env, {.folder = folder, .stages = std::move(stages), .environments = std::move(environments), .variables = env.variables},
                      {.files = env.files, .clock = env.clock, .random = env.random, .transport = env.transport, .target = target});
    return here.run(std::move(takeover));
  }

  /// A platform that runs is replaced when it is of an earlier version, or when the user says so. Errors: refused; usage, when it is
  /// of a later version.
  Result<bool> is_to_replace(Env& env, const platform::StateFolder& folder) const {
    const auto pid = platform::running_platform(folder);
    if (!pid) return false;
    const auto status = platform::AdminClient(env.transport, folder).status(env.stop);
    // What is of another time by more than one release says so.
    if (!status && status.error().code == ErrorCode::usage) return fail(status.error());
    const std::string theirs = status ? status->mops_version : "";
    if (platform::is_later(theirs, program_version()))
      return fail(ErrorCode::usage, fmt::format("a platform of mops {} runs on `{}` (process {}), this is mops {}", theirs, folder.root.string(), *pid, program_version()),
                  "its state may be in a format that an earlier version does not know: use the later one");
    if (replace_ || platform::is_later(program_version(), theirs)) return true;
    return fail(ErrorCode::refused, fmt::format("a platform runs already on `{}` (process {})", folder.root.string(), *pid),
                "`mops status` shows it, `mops down` stops it, `mops up --replace` takes its place without losing a request; another one needs another "
                "folder: `--state DIR`");
  }

  Result<ExitCode> run_detached(Env& env, const platform::StateFolder& folder) {
    MOPS_TRY(folder.make(env.files));
    MOPS_ASSIGN(const bool replaces, is_to_replace(env, folder));
    const std::optional<int64_t> before = replaces ? platform::running_platform(folder) : std::nullopt;
    std::vector<std::string> arguments = {"mops", "up", "--state", folder.root.string()};
    if (listen_) arguments.insert(arguments.end(), {"--listen", *listen_});
    if (stages_file_) arguments.insert(arguments.end(), {"--stages", (env.folder / *stages_file_).string()});
    if (replaces) arguments.emplace_back("--replace");
    target::rotate_log(folder.own_log(), 10 << 20);
    const auto log_size = [&] { return env.files.status(folder.own_log()).value_or(FileStatus{}).size; };
    const uint64_t log_begin = log_size();
    MOPS_ASSIGN(const FileDescriptor child, start_in_background(arguments, env.variables, folder));

    platform::AdminClient client(env.transport, folder);
    const SteadyDeadline deadline(std::chrono::seconds(120));
    while (!deadline.passed()) {
      if (env.stop.stop_requested()) return fail(ErrorCode::interrupted, "the platform goes on starting in the background", "`mops down` stops it");
      if (const auto status = client.status(env.stop); status && status->pid != before) {
        say_what_serves(env, *status);
        env.console.err(fmt::format("platform runs in the background (process {}), state in {}\n", status->pid, folder.root.string()));
        env.console.err("next: mops promote NAME@VERSION -m REASON, mops status, mops down\n");
        return ExitCode::done;
      }
      if (has_ended(child)) return what_it_said(env, folder, log_begin);
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return fail(ErrorCode::outside, "the platform does not answer after two minutes", fmt::format("look at {}", folder.own_log().string()));
  }

  static bool has_ended(const FileDescriptor& pipe_end) {
    char byte = 0;
    return ::read(pipe_end.get(), &byte, 1) == 0;
  }

  /// The child holds the other end of the returned pipe for as long as it lives.
  static Result<FileDescriptor> start_in_background(std::vector<std::string> arguments, const Variables& variables, const platform::StateFolder& folder) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) return fail(errno_error("cannot make a pipe", errno));
    FileDescriptor ours(ends[0]);
    const FileDescriptor theirs(ends[1]);
    const FileDescriptor log(::open(folder.own_log().c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
    if (!log) return fail(errno_error(fmt::format("cannot write `{}`", folder.own_log().string()), errno));

    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, log.get(), STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, log.get(), STDERR_FILENO);
    constexpr int k_life_line = 3;
    posix_spawn_file_actions_adddup2(&actions, theirs.get(), k_life_line);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK);
    std::vector<std::string> environment = variables.environment();
    const auto pointers = [](std::vector<std::string>& strings) {
      std::vector<char*> out;
      for (std::string& s : strings) out.push_back(s.data());
      out.push_back(nullptr);
      return out;
    };
    pid_t pid = 0;
    const int rc = ::posix_spawn(&pid, "/proc/self/exe", &actions, &attributes, pointers(arguments).data(), pointers(environment).data());
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    if (rc != 0) return fail(errno_error("cannot start the platform", rc));
    return ours;
  }

  static Result<ExitCode> what_it_said(Env& env, const platform::StateFolder& folder, uint64_t log_begin) {
    const std::string log = env.files.read(folder.own_log()).value_or("");
    env.console.err(log.size() > log_begin ? log.substr(log_begin) : "the platform ended without a word\n");
    return ExitCode::outside_failed;
  }

  bool detach_ = false;
  std::optional<std::string> listen_;
  std::optional<std::string> stages_file_;
  bool replace_ = false;
  bool has_default_stage_ = false;
  std::string state_;
};

}  // namespace

std::unique_ptr<Command> make_up_command() { return std::make_unique<UpCommand>(); }

}  // namespace mops::cli
