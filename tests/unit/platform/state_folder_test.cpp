#include "platform/state_folder.h"

#include "base/real_file_system.h"
#include "fakes/temporary_folder.h"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace mops;
using namespace mops::platform;

namespace {

std::string found(const std::string& given, const Variables& variables) {
  const auto folder = StateFolder::find(given, variables, "/here");
  return folder ? folder->root.string() : folder.error().message;
}

}  // namespace

TEST_CASE("where a platform keeps its state") {
  Variables variables;
  CHECK(found("", variables) == "no folder for the platform's state: neither MOPS_STATE nor HOME is set");
  variables.set("HOME", "");
  variables.set("XDG_STATE_HOME", "");
  CHECK(found("", variables) == "no folder for the platform's state: neither MOPS_STATE nor HOME is set");
  variables.set("HOME", "/home/ada");
  CHECK(found("", variables) == "/home/ada/.local/state/mops");
  variables.set("XDG_STATE_HOME", "/state");
  CHECK(found("", variables) == "/state/mops");
  variables.set("MOPS_STATE", "/own");
  CHECK(found("", variables) == "/own");
  CHECK(found("given", variables) == "/here/given");
  CHECK(found("../other/./x", variables) == "/other/x");
  CHECK(found("/given", variables) == "/given");
}

TEST_CASE("the folder is made for its owner only, and may be there") {
  const fakes::TemporaryFolder temporary;
  RealFileSystem files;
  const StateFolder folder{.root = temporary.path() / "a" / "b"};
  REQUIRE(folder.make(files));
  REQUIRE(folder.make(files));
  struct stat status {};
  REQUIRE(::stat(folder.root.c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0700);
  std::string names;
  const auto entries = files.list(folder.root);
  REQUIRE(entries);
  for (const DirectoryEntry& entry : *entries) names += entry.name + " ";
  CHECK(names == "environments incoming logs versions ");
}

TEST_CASE("a path that is too long for a socket") {
  const fakes::TemporaryFolder temporary;
  RealFileSystem files;
  const size_t fits = 107 - temporary.path().string().size() - std::string_view("//admin.sock").size();
  CHECK(StateFolder{.root = temporary.path() / std::string(fits, 'x')}.make(files));
  const StateFolder folder{.root = temporary.path() / std::string(fits + 1, 'x')};
  const auto made = folder.make(files);
  REQUIRE_FALSE(made);
  CHECK(made.error().code == ErrorCode::usage);
  CHECK(made.error().message == fmt::format("the state folder's path `{}` is too long for a Unix socket", folder.root.string()));
  CHECK(made.error().help == "choose one of at most 96 bytes with `--state DIR`");
  CHECK_FALSE(exists(files, folder.root));
}

TEST_CASE("one platform per folder") {
  const fakes::TemporaryFolder temporary;
  const StateFolder folder{.root = temporary.path()};
  CHECK_FALSE(running_platform(folder));
  {
    const auto lock = PlatformLock::take(folder);
    REQUIRE_MESSAGE(lock, lock.error().message);
    CHECK(running_platform(folder) == ::getpid());
    const auto second = PlatformLock::take(folder);
    REQUIRE_FALSE(second);
    CHECK(second.error().code == ErrorCode::refused);
    CHECK(second.error().message == fmt::format("a platform runs already on `{}` (process {})", folder.root.string(), ::getpid()));
    // Who asked, and who was refused, has taken nothing away.
    CHECK(running_platform(folder) == ::getpid());
  }
  CHECK_FALSE(running_platform(folder));
  CHECK(PlatformLock::take(folder));
}

TEST_CASE("who looks is never in the way of who starts") {
  const fakes::TemporaryFolder temporary;
  const StateFolder folder{.root = temporary.path()};
  std::jthread looking([&](const std::stop_token& stop) {
    while (!stop.stop_requested()) (void)running_platform(folder);
  });
  for (int i = 0; i < 2000; ++i) {
    const auto lock = PlatformLock::take(folder);
    REQUIRE_MESSAGE(lock, lock.error().message);
  }
}

TEST_CASE("what a killed platform was just starting holds its lock for a moment") {
  const fakes::TemporaryFolder temporary;
  const StateFolder folder{.root = temporary.path()};
  const pid_t platform = ::fork();
  if (platform == 0) {
    const auto lock = PlatformLock::take(folder);
    if (::fork() == 0) ::usleep(300'000);
    ::_exit(0);
  }
  ::waitpid(platform, nullptr, 0);
  SUBCASE("who looks waits") { CHECK_FALSE(running_platform(folder)); }
  SUBCASE("who starts waits") { CHECK(PlatformLock::take(folder)); }
}
