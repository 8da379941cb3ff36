#include "platform/preparation.h"

#include <atomic>
#include <doctest/doctest.h>
#include <map>

using namespace mops;
using namespace mops::platform;
using namespace std::chrono_literals;

namespace {

/// What was told of each key, in order.
struct Told {
  std::mutex mutex;
  std::condition_variable news;
  std::map<std::string, std::vector<std::string>> outcomes;
  Preparations preparations{[this](const std::string& key, Result<target::VersionSpec> outcome) {
                              const std::lock_guard lock(mutex);
                              outcomes[key].push_back(outcome ? outcome->name : outcome.error().message);
                              news.notify_all();
                            },
                            {.first = 1ms, .longest = 4ms}};

  std::vector<std::string> wait(const std::string& key, size_t count) {
    std::unique_lock lock(mutex);
    REQUIRE(news.wait_for(lock, 20s, [&] { return outcomes[key].size() >= count; }));
    return outcomes[key];
  }
};

/// Waits until it is asked to stop.
Result<target::VersionSpec> hang(const std::stop_token& stop) {
  std::mutex mutex;
  std::unique_lock lock(mutex);
  std::condition_variable_any().wait(lock, stop, [] { return false; });
  return fail(ErrorCode::interrupted, "stopped");
}

}  // namespace

TEST_CASE("Preparations: one that hangs and one that always fails hold up no other, and end with it") {
  Told told;
  std::atomic<int> attempts = 0;
  told.preparations.begin("hangs", hang);
  told.preparations.begin("fails", [&](const std::stop_token&) -> Result<target::VersionSpec> { return fail(ErrorCode::refused, fmt::format("attempt {}", ++attempts)); });
  told.preparations.begin("good", [](const std::stop_token&) -> Result<target::VersionSpec> { return target::VersionSpec{.name = "churn@1.0.0"}; });
  CHECK(told.wait("good", 1) == std::vector<std::string>{"churn@1.0.0"});
  const auto failures = told.wait("fails", 5);
  CHECK(failures[0] == "attempt 1");
  CHECK(failures[4] == "attempt 5");
  told.preparations.end();
  const int ended = attempts;
  told.preparations.begin("late", [](const std::stop_token&) -> Result<target::VersionSpec> { return target::VersionSpec{}; });
  const std::lock_guard lock(told.mutex);
  CHECK(attempts == ended);
  CHECK(told.outcomes["hangs"].empty());
  CHECK(told.outcomes["late"].empty());
  CHECK(told.outcomes["good"].size() == 1);
}

TEST_CASE("Preparations: what fails is tried until it succeeds, then no more") {
  Told told;
  std::atomic<int> attempts = 0;
  told.preparations.begin("key", [&](const std::stop_token&) -> Result<target::VersionSpec> {
    if (++attempts < 4) return fail(ErrorCode::outside, "not yet");
    return target::VersionSpec{.name = "there"};
  });
  CHECK(told.wait("key", 4) == std::vector<std::string>{"not yet", "not yet", "not yet", "there"});
  told.preparations.end();
  CHECK(attempts == 4);
}

TEST_CASE("Preparations: dropped ones end without a word, and can be begun anew") {
  Told told;
  told.preparations.drop("key");
  told.preparations.begin("key", hang);
  told.preparations.drop("key");
  told.preparations.begin("key", hang);
  told.preparations.begin("key", [](const std::stop_token&) -> Result<target::VersionSpec> { return target::VersionSpec{.name = "second"}; });
  CHECK(told.wait("key", 1) == std::vector<std::string>{"second"});
  for (int i = 0; i < 100; ++i) told.preparations.begin(fmt::format("{}", i % 7), [](const std::stop_token&) -> Result<target::VersionSpec> { return target::VersionSpec{}; });
  told.preparations.end();
}
