#include "base/real_file_system.h"
#include "fakes/temporary_folder.h"
#include "target/environment.h"

#include <csignal>
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <sys/wait.h>
#include <thread>

using namespace mops;
using namespace mops::target;

namespace {

/// An environment whose commands are shell scripts.
struct EnvironmentWorld {
  fakes::TemporaryFolder folder;
  RealFileSystem files;
  Environment environment{.name = "sample",
                          .interpreter = {"echo", "Sample 1"},
                          .create = {},
                          .path = {"{prefix}/bin"},
                          .network = {"SAMPLE_INDEX", "SAMPLE_PROXY"},
                          .help = "set SAMPLE_INDEX to an index that can be reached"};
  Variables variables;
  std::string progress;

  EnvironmentWorld() {
    variables.set("PATH", "/usr/bin:/bin");
    REQUIRE(files.write(lock(), "a==1\n"));
    script("echo made >> \"$1/../count\"; mkdir \"$1/bin\"; cp \"$2\" \"$1/lock\"");
  }
  [[nodiscard]] Path lock() const { return folder.path() / "sample.lock"; }
  [[nodiscard]] Path environments() const { return folder.path() / "environments"; }
  void script(std::string text) { environment.create = {{"sh", "-c", std::move(text), "sh", "{prefix}", "{lock}"}}; }
  Result<PreparedEnvironment> ensure(std::stop_token stop = {}) {
    return ensure_environment({.environment = environment, .lock_file = lock(), .folder = environments(), .variables = variables}, files,
                              [this](std::string_view text, bool) { progress += text; }, std::move(stop));
  }
  /// Names below the environments' folder, without lock files.
  std::vector<std::string> made() {
    std::vector<std::string> names;
    for (const DirectoryEntry& entry : files.list(environments()).value_or(std::vector<DirectoryEntry>()))
      if (!entry.name.ends_with(".lock")) names.push_back(entry.name);
    return names;
  }
  std::string count() { return files.read(environments() / "count").value_or(""); }
};

}  // namespace

TEST_CASE("ensure_environment creates once") {
  EnvironmentWorld world;
  SUBCASE("the second time finds it") {
    const auto first = world.ensure();
    REQUIRE_MESSAGE(first, first.error().message);
    CHECK(world.files.read(first->prefix / "lock") == "a==1\n");
    CHECK(world.files.read(first->prefix / "complete") == fmt::format("format: environment-mark/v1\nenvironment: sample\nkey: {}\n", first->key.hex()));
    const auto second = world.ensure();
    REQUIRE(second);
    CHECK(second->prefix == first->prefix);
    CHECK(world.count() == "made\n");
  }
  SUBCASE("another lock makes another") {
    const auto first = world.ensure();
    REQUIRE(world.files.write(world.lock(), "a==2\n"));
    const auto second = world.ensure();
    REQUIRE(second);
    CHECK(second->prefix != first->prefix);
  }
  SUBCASE("what a killed run left is made anew") {
    const auto first = world.ensure();
    REQUIRE(first);
    REQUIRE(world.files.remove(first->prefix / "complete"));
    REQUIRE(world.files.write(first->prefix / "half-done", ""));
    REQUIRE(world.ensure());
    CHECK_FALSE(exists(world.files, first->prefix / "half-done"));
    CHECK(world.count() == "made\nmade\n");
  }
  SUBCASE("nothing to create makes no folder") {
    world.environment.create.clear();
    const auto prepared = world.ensure();
    REQUIRE(prepared);
    CHECK(prepared->prefix.empty());
    CHECK_FALSE(exists(world.files, world.environments()));
  }
  SUBCASE("two at once make one, and the second says for whom it waits") {
    world.script("echo made >> \"$1/../count\"; until [ -e \"$1/../go\" ]; do sleep 0.01; done");
    Result<PreparedEnvironment> first;
    std::jthread other([&] {
      first = ensure_environment({.environment = world.environment, .lock_file = world.lock(), .folder = world.environments(), .variables = world.variables}, world.files);
    });
    while (world.count().empty()) std::this_thread::yield();
    const auto second = ensure_environment(
        {.environment = world.environment, .lock_file = world.lock(), .folder = world.environments(), .variables = world.variables}, world.files,
        [&](std::string_view text, bool) {
          world.progress += text;
          REQUIRE(world.files.write(world.environments() / "go", ""));
        });
    other.join();
    REQUIRE(first);
    REQUIRE(second);
    CHECK(world.progress == fmt::format("waiting for process {}, which is creating the environment `sample`\n", ::getpid()));
    CHECK(world.count() == "made\n");
  }
}

TEST_CASE("ensure_environment passes only what it says") {
  EnvironmentWorld world;
  world.variables.set("SECRET", "s");
  world.variables.set("SAMPLE_INDEX", "https://me:pw@index.example.com/simple");
  world.environment.variables = {{"QUIET", "1"}};
  world.script("echo \"$SECRET/$QUIET/$SAMPLE_INDEX\"");
  REQUIRE(world.ensure());
  CHECK(world.progress == "/1/https://***@index.example.com/simple\n");
}

TEST_CASE("ensure_environment fails with one error and leaves nothing") {
  EnvironmentWorld world;
  SUBCASE("an unreachable index") {
    world.variables.set("SAMPLE_INDEX", "https://me:pw@index.example.com/simple");
    world.script("echo 'Retrying: <urllib3> [Errno -3] Temporary failure in name resolution: https://me:pw@index.example.com/simple/a' >&2; exit 1");
    const auto prepared = world.ensure();
    REQUIRE_FALSE(prepared);
    CHECK(prepared.error().code == ErrorCode::outside);
    CHECK(prepared.error().message == "the package index for the environment `sample` cannot be reached: its name cannot be looked up");
    CHECK(prepared.error().causes ==
          std::vector<std::string>{"set now: `SAMPLE_INDEX=https://***@index.example.com/simple`",
                                   "Retrying: <urllib3> [Errno -3] Temporary failure in name resolution: https://***@index.example.com/simple/a"});
    CHECK(prepared.error().help == "set SAMPLE_INDEX to an index that can be reached");
  }
  SUBCASE("an untrusted certificate, a proxy, a refused connection") {
    const auto message = [&](const std::string& text) {
      world.script("echo '" + text + "' >&2; exit 1");
      const std::string prefix = "the package index for the environment `sample` cannot be reached: ";
      const std::string found = world.ensure().error().message;
      return found.starts_with(prefix) ? found.substr(prefix.size()) : found;
    };
    CHECK(message("SSLError(1, [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed") == "its certificate is not trusted");
    CHECK(message("ProxyError(Cannot connect to proxy., Connection refused") == "the proxy cannot be reached");
    CHECK(message("[Errno 111] Connection refused") == "connection refused");
    CHECK(message("Read timed out. (read timeout=15)") == "it does not answer in time");
  }
  SUBCASE("without a help text the variables are named") {
    world.environment.help.clear();
    world.script("echo Network is unreachable; exit 1");
    CHECK(world.ensure().error().help == "run the same command again where there is a network, or set one of `SAMPLE_INDEX` or `SAMPLE_PROXY`");
  }
  SUBCASE("a full disk") {
    world.script("echo 'OSError: [Errno 28] No space left on device' >&2; exit 1");
    CHECK(world.ensure().error().message == "the disk is full: the environment `sample` cannot be created");
    CHECK(world.ensure().error().help == "free some disk space, then run the same command again");
  }
  SUBCASE("a command that fails by itself") {
    world.environment.create = {{"sh", "-c", "echo hashes do not match >&2; exit 4"}};
    const auto prepared = world.ensure();
    REQUIRE_FALSE(prepared);
    CHECK(prepared.error().code == ErrorCode::refused);
    CHECK(prepared.error().message == "the environment `sample` cannot be created: `sh -c echo hashes do not match >&2; exit 4` ended with exit code 4");
    CHECK(prepared.error().causes == std::vector<std::string>{"hashes do not match"});
  }
  SUBCASE("a program that is not there") {
    world.environment.create = {{"no-such-program"}};
    CHECK(world.ensure().error().causes == std::vector<std::string>{"cannot find the program `no-such-program`"});
    world.environment.interpreter = {"no-such-interpreter"};
    CHECK(world.ensure().error().message == "the environment `sample` cannot be used here");
    CHECK(world.ensure().error().code == ErrorCode::not_found);
  }
  SUBCASE("a lock file that is not there") {
    REQUIRE(world.files.remove(world.lock()));
    CHECK(world.ensure().error().code == ErrorCode::not_found);
  }
  SUBCASE("an interruption") {
    std::stop_source source;
    world.script("echo started; touch \"$1/half\"; sleep 60");
    const auto prepared = ensure_environment({.environment = world.environment, .lock_file = world.lock(), .folder = world.environments(), .variables = world.variables},
                                             world.files, [&](std::string_view, bool) { source.request_stop(); }, source.get_token());
    REQUIRE_FALSE(prepared);
    CHECK(prepared.error().code == ErrorCode::interrupted);
  }
  CHECK(world.made().empty());
}

TEST_CASE("ensure_environment goes on after a kill -9 in the middle") {
  EnvironmentWorld world;
  world.script("echo made >> \"$1/../count\"; sleep 60");
  const pid_t killed = ::fork();
  if (killed == 0) {
    static_cast<void>(world.ensure());
    ::_exit(1);
  }
  while (world.count().empty()) std::this_thread::yield();
  ::kill(killed, SIGKILL);
  ::waitpid(killed, nullptr, 0);
  REQUIRE(world.made().size() == 2);
  const std::string left = world.made().back();
  // The same commands, so the same key: this time they end at once.
  REQUIRE(world.files.write(world.folder.path() / "sleep", "#!/bin/sh\n", 0755));
  world.variables.set("PATH", world.folder.path().string() + ":/usr/bin:/bin");
  const auto prepared = world.ensure();
  REQUIRE_MESSAGE(prepared, prepared.error().message);
  CHECK(prepared->prefix.filename().string() == left);
  CHECK(exists(world.files, prepared->prefix / "complete"));
}
