#include "cli/platform_access.h"

#include "base/text.h"

#include <array>
#include <unistd.h>

namespace mops::cli {

Result<platform::AdminClient> platform_of(Env& env, const std::string& state) {
  MOPS_ASSIGN(platform::StateFolder folder, platform::StateFolder::find(state, env.variables, env.folder));
  return platform::AdminClient(env.transport, std::move(folder));
}

Option state_option(std::string& target) {
  return {.name = "--state", .value = "DIR", .help = "folder of the platform (MOPS_STATE, or ~/.local/state/mops)", .target = &target};
}

std::string ago(SystemTime now, SystemTime then) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now - then).count();
  const auto counted = [](int64_t count, std::string_view unit) { return fmt::format("{} {}{} ago", count, unit, count == 1 ? "" : "s"); };
  if (seconds < 1) return "just now";
  if (seconds < 120) return counted(seconds, "second");
  if (seconds < 7200) return counted(seconds / 60, "minute");
  if (seconds < 172800) return counted(seconds / 3600, "hour");
  return counted(seconds / 86400, "day");
}

ActingUser acting_user(Env& env) {
  ActingUser user{.name = env.variables.get("USER").value_or(fmt::format("uid {}", ::getuid()))};
  // Asked from the program, since git's own rules (system, global, local, conditional includes) decide who the user is.
  if (const auto asked = run_process({.arguments = {"git", "config", "user.name"}, .folder = env.folder, .variables = env.variables}, env.stop);
      asked && asked->exit_code == 0 && !trim(asked->output).empty())
    user.name = std::string(trim(asked->output));
  std::array<char, 256> host{};
  if (::gethostname(host.data(), host.size() - 1) == 0) user.host = host.data();
  return user;
}

}  // namespace mops::cli
