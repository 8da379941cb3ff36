#pragma once

#include "target/target.h"

#include <doctest/doctest.h>
#include <functional>

namespace mops::contract {

/// What a kind of target needs to be held against the contract: one of it, and the specs of four kinds of versions.
struct TargetWorld {
  target::Target& target;
  target::VersionSpec good;         ///< becomes ready
  target::VersionSpec never_ready;  ///< runs, and never is; its startup timeout is short
  target::VersionSpec ends_at_once; ///< with exit code 3
  std::function<void(const target::Instance&)> crash;  ///< from outside, as a machine does
  target::Target& after_a_crash;    ///< the same place, seen by a platform that comes after one that was killed
  uint32_t most_instances = 1;      ///< that it can run of one version
};

/// Waits for a condition; fails the test after 20 s.
inline void wait_until(const std::function<bool()>& condition) {
  const SteadyDeadline deadline(std::chrono::seconds(20));
  while (!condition() && !deadline.passed()) std::this_thread::sleep_for(std::chrono::milliseconds(2));
  REQUIRE(condition());
}

/// Every implementation of Target does this. To be called once in a TEST_CASE.
inline void check_target_contract(TargetWorld& world) {
  using namespace std::chrono_literals;
  target::Target& target = world.target;
  RealClock clock;
  constexpr auto k_grace = 2000ms;

  SUBCASE("what was started becomes ready, has an endpoint, and ends when it is stopped") {
    const auto instance = target::start_and_wait(target, world.good, clock, {});
    REQUIRE_MESSAGE(instance, instance.error().message);
    CHECK(instance->name == world.good.name);
    CHECK(instance->payload == world.good.payload);
    CHECK(target.endpoints(*instance) == std::vector<target::Endpoint>{{.host = "127.0.0.1", .port = instance->port}});
    CHECK_FALSE(target.ended(*instance));
    REQUIRE(target.stop(*instance, k_grace));
    CHECK(target.ended(*instance));
    const auto probe = target.ready(*instance, {});
    REQUIRE_FALSE(probe);
    CHECK(probe.error().code == ErrorCode::refused);
  }
  SUBCASE("stopping again is fine") {
    const auto instance = target.start(world.good);
    REQUIRE(instance);
    CHECK(target.stop(*instance, k_grace));
    CHECK(target.stop(*instance, k_grace));
  }
  SUBCASE("two instances do not disturb each other") {
    const auto first = target::start_and_wait(target, world.good, clock, {});
    const auto second = target::start_and_wait(target, world.good, clock, {});
    REQUIRE(first);
    REQUIRE(second);
    CHECK(first->port != second->port);
    REQUIRE(target.stop(*first, k_grace));
    CHECK_FALSE(target.ended(*second));
    const auto probe = target.ready(*second, {});
    REQUIRE(probe);
    CHECK(probe->readiness == target::Readiness::ready);
    CHECK(target.stop(*second, k_grace));
  }
  SUBCASE("one that ends is an error with its exit code, and nothing is left") {
    const auto instance = target::start_and_wait(target, world.ends_at_once, clock, {});
    REQUIRE_FALSE(instance);
    CHECK(instance.error().code == ErrorCode::refused);
    CHECK(instance.error().message == "`" + world.ends_at_once.name + "` ended with exit code 3");
  }
  SUBCASE("one that never is ready is an error that says what it answered") {
    const auto instance = target::start_and_wait(target, world.never_ready, clock, {});
    REQUIRE_FALSE(instance);
    CHECK(instance.error().code == ErrorCode::refused);
    CHECK(instance.error().message == "`" + world.never_ready.name + "` was not ready within 0.3 s: GET /v2/health/ready answered 503");
  }
  SUBCASE("an interrupted start is interrupted") {
    std::stop_source source;
    source.request_stop();
    const auto instance = target::start_and_wait(target, world.never_ready, clock, source.get_token());
    REQUIRE_FALSE(instance);
    CHECK(instance.error().code == ErrorCode::interrupted);
  }
  SUBCASE("a running instance can be adopted, one that has ended cannot") {
    const auto instance = target::start_and_wait(target, world.good, clock, {});
    REQUIRE(instance);
    CHECK(target.adopt(*instance));
    target::Instance of_another_boot = *instance;
    of_another_boot.boot_id = "another";
    CHECK_FALSE(target.adopt(of_another_boot));
    REQUIRE(target.stop(*instance, k_grace));
    const auto adopted = target.adopt(*instance);
    REQUIRE_FALSE(adopted);
    CHECK(adopted.error().code == ErrorCode::refused);
  }
  SUBCASE("what runs is found by its owner from the moment of its start, and no other") {
    target::VersionSpec owned = world.good;
    owned.owner = "platform 1";
    target::VersionSpec foreign = world.good;
    foreign.owner = "platform 2";
    const auto first = target.start(owned);
    const auto second = target.start(foreign);
    const auto third = target.start(world.good);
    REQUIRE(first);
    REQUIRE(second);
    REQUIRE(third);
    const std::vector<target::Instance> found = target.running("platform 1");
    REQUIRE(found.size() == 1);
    CHECK(found[0].pid == first->pid);
    CHECK(found[0].payload == first->payload);
    CHECK(found[0].port == first->port);
    REQUIRE(target.stop(found[0], k_grace));
    CHECK(target.ended(*first));
    CHECK_FALSE(target.ended(*second));
    CHECK(target.running("platform 1").empty());
    CHECK(target.stop(*second, k_grace));
    CHECK(target.stop(*third, k_grace));
  }
  SUBCASE("a crash is an error to all who ask, and the next start is a new one") {
    const auto instance = target::start_and_wait(target, world.good, clock, {});
    REQUIRE(instance);
    world.crash(*instance);
    wait_until([&] { return target.ended(*instance).has_value(); });
    CHECK(target.ended(*instance)->code == ErrorCode::refused);
    CHECK_FALSE(target.ready(*instance, {}));
    CHECK_FALSE(target.adopt(*instance));
    CHECK(target.stop(*instance, k_grace));
    const auto next = target::start_and_wait(target, world.good, clock, {});
    REQUIRE(next);
    CHECK_FALSE(*next == *instance);
    CHECK(target.ended(*instance));
    CHECK_FALSE(target.ended(*next));
    CHECK(target.stop(*next, k_grace));
  }
  SUBCASE("after a crash of the platform what runs is found, adopted, asked, and stopped") {
    target::VersionSpec owned = world.good;
    owned.owner = "platform 1";
    const auto instance = target::start_and_wait(target, owned, clock, {});
    REQUIRE(instance);
    target::Target& later = world.after_a_crash;
    const std::vector<target::Instance> found = later.running("platform 1");
    REQUIRE(found.size() == 1);
    CHECK(found[0].pid == instance->pid);
    REQUIRE(later.adopt(*instance));
    CHECK_FALSE(later.ended(*instance));
    const auto probe = later.ready(*instance, {});
    REQUIRE(probe);
    CHECK(probe->readiness == target::Readiness::ready);
    CHECK(later.endpoints(*instance) == target.endpoints(*instance));
    CHECK(later.stop(*instance, k_grace));
    CHECK(later.ended(*instance));
    CHECK(later.running("platform 1").empty());
    CHECK(target.ended(*instance));
  }
  SUBCASE("what can be scaled has so many endpoints, there and back") {
    const auto instance = target::start_and_wait(target, world.good, clock, {});
    REQUIRE(instance);
    for (const uint32_t count : {world.most_instances, 1U, world.most_instances}) {
      REQUIRE(target.scale(*instance, count));
      wait_until([&] { return target.endpoints(*instance).size() == count; });
    }
    const auto endpoints = target.endpoints(*instance);
    for (size_t i = 0; i < endpoints.size(); ++i)
      for (size_t j = 0; j < i; ++j) CHECK_FALSE(endpoints[i] == endpoints[j]);
    CHECK(target.stop(*instance, k_grace));
  }
  SUBCASE("what cannot be scaled says so and goes on") {
    const auto instance = target::start_and_wait(target, world.good, clock, {});
    REQUIRE(instance);
    const auto before = target.endpoints(*instance);
    const auto scaled = target.scale(*instance, world.most_instances + 1);
    REQUIRE_FALSE(scaled);
    CHECK(scaled.error().code == ErrorCode::refused);
    CHECK_FALSE(target.ended(*instance));
    CHECK(target.endpoints(*instance) == before);
    CHECK(target.stop(*instance, k_grace));
  }
  SUBCASE("logs are given") {
    const auto instance = target::start_and_wait(target, world.good, clock, {});
    REQUIRE(instance);
    std::string text;
    CHECK(target.logs(*instance, {}, [&](std::string_view bytes, bool) { text += bytes; }, {}));
    CHECK_FALSE(text.empty());
    CHECK(target.stop(*instance, k_grace));
  }
  SUBCASE("a spec without a command is refused") {
    target::VersionSpec empty = world.good;
    empty.command.clear();
    const auto instance = target.start(empty);
    REQUIRE_FALSE(instance);
    CHECK(instance.error().code == ErrorCode::usage);
  }
}

}  // namespace mops::contract
