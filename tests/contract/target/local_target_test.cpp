#include "base/real_file_system.h"
#include "contract/target/target_contract.h"
#include "document/document.h"
#include "fakes/temporary_folder.h"
#include "http/curl_transport.h"
#include "target/local_target.h"
#include "target/process_identity.h"

#include <arpa/inet.h>
#include <csignal>
#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/wait.h>

using namespace mops;
using namespace std::chrono_literals;

namespace {

/// A folder with versions to start, and nothing left running afterwards.
struct LocalWorld {
  fakes::TemporaryFolder folder;
  http::CurlTransport transport;
  target::LocalTarget target{transport};
  RealClock clock;

  target::VersionSpec spec(std::vector<std::string> command) {
    return {.name = "line@1.0.0",
            .model = "line",
            .payload = sha256("line"),
            .folder = folder.path(),
            .command = std::move(command),
            .variables = Variables(std::vector<std::pair<std::string, std::string>>{{"PATH", "/usr/bin:/bin"}}),
            .log = folder.path() / "line.log",
            .startup_timeout = 10s};
  }
  target::VersionSpec model(std::vector<std::string> options = {}) {
    std::vector<std::string> command = {MOPS_NATIVE_MODEL, "--port", "{port}"};
    command.insert(command.end(), options.begin(), options.end());
    return spec(std::move(command));
  }
  target::VersionSpec shell(std::string script) { return spec({"sh", "-c", std::move(script), "sh", "{port}"}); }
  std::string log() { return RealFileSystem().read(folder.path() / "line.log").value_or(""); }
};

}  // namespace

TEST_CASE("LocalTarget keeps the contract") {
  LocalWorld local;
  target::VersionSpec never_ready = local.model({"--never-ready"});
  never_ready.startup_timeout = 300ms;
  target::LocalTarget later(local.transport);
  contract::TargetWorld world{.target = local.target, .good = local.model(), .never_ready = never_ready, .ends_at_once = local.model({"--exit-code", "3"}),
                              .crash = [](const target::Instance& instance) { ::kill(instance.pid, SIGKILL); }, .after_a_crash = later};
  contract::check_target_contract(world);
}

TEST_CASE("LocalTarget start") {
  LocalWorld local;
  SUBCASE("a missing program, folder or interpreter is named") {
    CHECK(local.target.start(local.spec({"no-such-program"})).error().message == "cannot find the program `no-such-program`");
    CHECK(local.target.start(local.spec({"./server"})).error().message == "cannot find the program `./server`");
    target::VersionSpec nowhere = local.model();
    nowhere.folder = "/no/such/folder";
    CHECK(local.target.start(nowhere).error().message == "the payload of `line@1.0.0` is not at `/no/such/folder`");
    REQUIRE(RealFileSystem().write(local.folder.path() / "server", "#!/no/such/interpreter\n", 0755));
    CHECK(local.target.start(local.spec({"./server"})).error().message ==
          "cannot start `./server`: the interpreter or loader that it names is not there");
    REQUIRE(RealFileSystem().write(local.folder.path() / "server", "data", 0644));
    CHECK(local.target.start(local.spec({"./server"})).error().message == "`./server` is not executable");
    REQUIRE(RealFileSystem().write(local.folder.path() / "server", "data", 0755));
    CHECK(local.target.start(local.spec({"./server"})).error().message == "cannot start `./server`: it is not a program of this machine");
  }
  SUBCASE("a full disk is named") {
    target::VersionSpec spec = local.model();
    spec.log = "/dev/full";
    const auto instance = local.target.start(spec);
    REQUIRE_FALSE(instance);
    CHECK(instance.error().message == "cannot write the log `/dev/full`: no space left on device");
    CHECK(instance.error().help == "free some disk space, then run the same command again");
  }
  SUBCASE("the program runs in the payload's folder, in a session of its own, without our files and our input") {
    const auto instance = local.target.start(local.shell("pwd; ls /proc/self/fd | wc -l; cat; echo $MOPS_PORT $1; exec sleep 60"));
    REQUIRE(instance);
    const std::string expected = fmt::format("--- mops starts line@1.0.0 on port {0}\n{1}\n4\n{0} {0}\n", instance->port, local.folder.path().string());
    contract::wait_until([&] { return local.log().size() >= expected.size(); });
    CHECK(local.log() == expected);
    CHECK(target::process_stat(instance->pid)->session == instance->pid);
    CHECK(local.target.stop(*instance, 1s));
  }
  SUBCASE("a large log is rotated, a small one appended to") {
    REQUIRE(RealFileSystem().write(local.folder.path() / "line.log", std::string(10'000'001, 'x')));
    const auto first = local.target.start(local.shell("exit 0"));
    REQUIRE(first);
    const auto second = local.target.start(local.shell("exit 0"));
    REQUIRE(second);
    CHECK(local.log() == fmt::format("--- mops starts line@1.0.0 on port {}\n--- mops starts line@1.0.0 on port {}\n", first->port, second->port));
    CHECK(RealFileSystem().status(local.folder.path() / "line.log.1")->size == 10'000'001);
    CHECK(local.target.stop(*first, 0s));
    CHECK(local.target.stop(*second, 0s));
  }
}

TEST_CASE("LocalTarget and ports") {
  LocalWorld local;
  SUBCASE("a program that says that the port is in use has lost it") {
    const auto instance = local.target.start(local.shell("echo 'OSError: [Errno 98] Address already in use' >&2; exit 1"));
    REQUIRE(instance);
    contract::wait_until([&] { return local.target.ended(*instance).has_value(); });
    const auto probe = local.target.ready(*instance, {});
    REQUIRE(probe);
    CHECK(probe->readiness == target::Readiness::port_taken);
  }
  SUBCASE("what an earlier instance said does not count") {
    const auto first = local.target.start(local.shell("echo address already in use; exit 1"));
    REQUIRE(first);
    contract::wait_until([&] { return local.target.ended(*first).has_value(); });
    const auto instance = target::start_and_wait(local.target, local.shell("echo oh; exit 4"), local.clock, {});
    REQUIRE_FALSE(instance);
    CHECK(instance.error().message == "`line@1.0.0` ended with exit code 4");
    CHECK(instance.error().causes == std::vector<std::string>{"oh"});
  }
  SUBCASE("another program that answers on the port is not taken for ours") {
    const auto other = target::start_and_wait(local.target, local.model(), local.clock, {});
    REQUIRE(other);
    auto instance = local.target.start(local.shell("exec sleep 60"));
    REQUIRE(instance);
    target::Instance confused = *instance;
    confused.port = other->port;
    const auto probe = local.target.ready(confused, {});
    REQUIRE(probe);
    CHECK(probe->readiness == target::Readiness::port_taken);
    CHECK(probe->detail == fmt::format("another program listens on port {}", other->port));
    CHECK(local.target.stop(*instance, 1s));
    CHECK(local.target.stop(*other, 1s));
  }
  SUBCASE("a port that is lost every time is an error, and nothing is left") {
    const auto instance = target::start_and_wait(local.target, local.shell("echo EADDRINUSE; exit 1"), local.clock, {});
    REQUIRE_FALSE(instance);
    CHECK(instance.error().code == ErrorCode::outside);
    CHECK(instance.error().message == "`line@1.0.0` lost its port to another program 4 times");
  }
}

TEST_CASE("LocalTarget and crashes") {
  LocalWorld local;
  SUBCASE("the error carries the signal and the last 20 lines") {
    const auto instance = target::start_and_wait(local.target, local.shell("for i in $(seq 30); do echo line $i; done; kill -SEGV $$"), local.clock, {});
    REQUIRE_FALSE(instance);
    CHECK(instance.error().message == "`line@1.0.0` was ended by signal 11 (SIGSEGV)");
    REQUIRE(instance.error().causes.size() == 20);
    CHECK(instance.error().causes.front() == "line 11");
    CHECK(instance.error().causes.back() == "line 30");
    CHECK(instance.error().help == fmt::format("its log is `{}`", (local.folder.path() / "line.log").string()));
  }
  SUBCASE("a crash after it was ready is noticed") {
    const auto instance = target::start_and_wait(local.target, local.model({"--crash-after-start", "100"}), local.clock, {});
    REQUIRE(instance);
    std::optional<Error> error;
    contract::wait_until([&] { return (error = local.target.ended(*instance)).has_value(); });
    CHECK(error->message == "`line@1.0.0` was ended by signal 6 (SIGABRT)");
    CHECK(error->causes == std::vector<std::string>{fmt::format("listening on 127.0.0.1:{}", instance->port), "made to crash"});
  }
  SUBCASE("one that prints nothing") {
    const auto instance = target::start_and_wait(local.target, local.shell("exit 5"), local.clock, {});
    REQUIRE_FALSE(instance);
    CHECK(instance.error().causes == std::vector<std::string>{"it printed nothing"});
  }
  SUBCASE("what a crashed leader left is ended by stop") {
    const auto instance = local.target.start(local.shell("sleep 60 & echo $!; exit 1"));
    REQUIRE(instance);
    contract::wait_until([&] { return local.target.ended(*instance).has_value(); });
    CHECK(target::session_members(instance->pid).size() == 1);
    CHECK(local.target.stop(*instance, 0s));
    contract::wait_until([&] { return target::session_members(instance->pid).empty(); });
  }
}

TEST_CASE("LocalTarget stop") {
  LocalWorld local;
  SUBCASE("a program that ignores SIGTERM is killed after the grace, with its children") {
    const auto instance = local.target.start(local.shell("trap '' TERM; sleep 60 & echo up; while :; do sleep 1; done"));
    REQUIRE(instance);
    contract::wait_until([&] { return local.log().find("up\n") != std::string::npos; });
    CHECK(local.target.stop(*instance, 100ms));
    CHECK(local.target.ended(*instance)->message == "`line@1.0.0` was ended by signal 9 (SIGKILL)");
    contract::wait_until([&] { return target::session_members(instance->pid).empty(); });
  }
  SUBCASE("a stopped program ends too") {
    const auto instance = local.target.start(local.shell("exec sleep 60"));
    REQUIRE(instance);
    ::kill(instance->pid, SIGSTOP);
    CHECK(local.target.stop(*instance, 50ms));
    CHECK(local.target.ended(*instance));
  }
  SUBCASE("another process with the same number is left alone") {
    const auto instance = local.target.start(local.shell("exec sleep 60"));
    REQUIRE(instance);
    target::Instance stranger = *instance;
    stranger.start_time += 1;
    CHECK(local.target.stop(stranger, 0s));
    stranger = *instance;
    stranger.boot_id = "another";
    CHECK(local.target.stop(stranger, 0s));
    CHECK_FALSE(local.target.ended(*instance));
    CHECK(local.target.stop(*instance, 1s));
  }
}

TEST_CASE("LocalTarget finds what a leader left, and what it started in other sessions") {
  LocalWorld local;
  target::VersionSpec spec = local.shell("sleep 60 & setsid sleep 60 & exit 0");
  spec.owner = "platform 1";
  const auto instance = local.target.start(spec);
  REQUIRE(instance);
  contract::wait_until([&] { return local.target.ended(*instance).has_value() && local.target.running("platform 1").size() == 2; });
  for (const target::Instance& left : local.target.running("platform 1")) {
    CHECK(left.payload == spec.payload);
    CHECK(left.port == instance->port);
    CHECK(local.target.stop(left, 1s));
  }
  contract::wait_until([&] { return local.target.running("platform 1").empty(); });
}

TEST_CASE("LocalTarget adopts what another process started") {
  LocalWorld local;
  // A child that starts the version and is killed like a platform by `kill -9`; the record comes back through a pipe.
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const pid_t platform = ::fork();
  if (platform == 0) {
    http::CurlTransport transport;
    target::LocalTarget target(transport);
    const auto instance = target::start_and_wait(target, local.model(), local.clock, {});
    const std::string record = instance ? document::to_json(target::to_value(*instance)) + "\n" : instance.error().message;
    if (::write(ends[1], record.data(), record.size()) < 0) ::_exit(1);
    ::raise(SIGKILL);
  }
  ::close(ends[1]);
  std::string record(4096, '\0');
  const ssize_t n = ::read(ends[0], record.data(), record.size());
  record.resize(n > 0 ? static_cast<size_t>(n) : 0);
  ::close(ends[0]);
  int status = 0;
  ::waitpid(platform, &status, 0);

  const document::Document document = document::parse_json({.path = "record", .text = record});
  REQUIRE_MESSAGE(document.root() != nullptr, record);
  const auto instance = target::read_instance(*document.root());
  REQUIRE(instance);
  const auto refusal = [&](target::Instance changed) {
    const auto adopted = local.target.adopt(changed);
    return adopted ? std::string("adopted") : adopted.error().message;
  };
  const std::string prefix = fmt::format("process {} is not `line@1.0.0` as it was recorded: ", instance->pid);
  target::Instance wrong = *instance;
  wrong.payload = sha256("another");
  CHECK(refusal(wrong) == prefix + fmt::format("it runs payload `{}`, not `{}`", sha256("line").hex(), sha256("another").hex()));
  wrong = *instance;
  wrong.port = 1;
  CHECK(refusal(wrong) == prefix + fmt::format("it was given port {}, not 1", instance->port));
  wrong = *instance;
  wrong.start_time -= 1;
  CHECK(refusal(wrong) == prefix + "it is another process with the same number");
  wrong = *instance;
  wrong.boot_id = "x";
  CHECK(refusal(wrong) == prefix + "the machine was started anew since then");

  CHECK(refusal(*instance) == "adopted");
  const auto probe = local.target.ready(*instance, {});
  REQUIRE(probe);
  CHECK(probe->readiness == target::Readiness::ready);
  ::kill(instance->pid, SIGKILL);
  contract::wait_until([&] { return local.target.ended(*instance).has_value(); });
  CHECK(local.target.ended(*instance)->message == "`line@1.0.0` has ended");
  CHECK(refusal(*instance) == prefix + "it has ended");
}
