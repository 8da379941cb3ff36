#include "base/process.h"

#include <csignal>
#include <doctest/doctest.h>

using namespace mops;

namespace {

ProcessCommand shell(std::string script) {
  return {.arguments = {"/bin/sh", "-c", std::move(script)}, .variables = Variables::of_this_process()};
}

}  // namespace

TEST_CASE("run_process") {
  SUBCASE("returns what was printed and the exit code") {
    const auto result = run_process(shell("echo out; echo err >&2; exit 7"));
    REQUIRE(result);
    CHECK(result->output == "out\n");
    CHECK(result->errors == "err\n");
    CHECK(result->exit_code == 7);
  }
  SUBCASE("gives its input and closes it") {
    ProcessCommand command = shell("cat | wc -c");
    command.input = std::string(1'000'000, 'x');
    const auto result = run_process(command);
    REQUIRE(result);
    CHECK(result->output == "1000000\n");
  }
  SUBCASE("a signal is 128 + its number") {
    const auto result = run_process(shell("kill -9 $$"));
    REQUIRE(result);
    CHECK(result->exit_code == 128 + SIGKILL);
  }
  SUBCASE("a grandchild that keeps the pipes open does not hold it up") {
    const auto result = run_process(shell("sleep 30 & echo done"));
    REQUIRE(result);
    CHECK(result->output == "done\n");
  }
  SUBCASE("the time limit ends the whole group") {
    const auto result = run_process(shell("sleep 30; echo never"), {}, std::chrono::milliseconds(200));
    REQUIRE_FALSE(result);
    CHECK(result.error().code == ErrorCode::interrupted);
  }
  SUBCASE("an asked-for stop ends it") {
    std::stop_source source;
    source.request_stop();
    const auto result = run_process(shell("sleep 30"), source.get_token());
    REQUIRE_FALSE(result);
    CHECK(result.error().message == "`/bin/sh` was interrupted");
  }
  SUBCASE("a program that is not there is named") {
    const auto result = run_process({.arguments = {"no-such-program-of-ours"}, .variables = Variables::of_this_process()});
    REQUIRE_FALSE(result);
    CHECK(result.error().code == ErrorCode::not_found);
    CHECK(result.error().message == "cannot find the program `no-such-program-of-ours`");
  }
}
