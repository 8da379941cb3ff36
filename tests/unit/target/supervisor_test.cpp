#include "fakes/fake_target.h"
#include "fakes/manual_clock.h"
#include "target/supervisor.h"

#include <doctest/doctest.h>
#include <thread>

using namespace mops;
using namespace mops::target;
using namespace std::chrono_literals;

namespace {

VersionSpec spec(std::vector<std::string> command) {
  return {.name = "line@1.0.0", .model = "line", .command = std::move(command), .startup_timeout = 5s};
}

struct SupervisorWorld {
  fakes::FakeTarget target;
  fakes::ManualClock clock;
  SteadyTime begin = clock.steady();
  std::vector<std::string> said;
  Supervisor supervisor{target, clock, [this](const StateChange& change) {
                          const auto at = std::chrono::duration_cast<std::chrono::milliseconds>(clock.steady() - begin).count();
                          said.push_back(fmt::format("{} {} {}{}", at, change.key, to_string(change.state),
                                                     change.error ? ": " + change.error->message : std::string()));
                        }};

  /// Steps as `run` would, from one due time to the next.
  void run_for(std::chrono::milliseconds time) {
    const SteadyTime end = clock.steady() + time;
    while (true) {
      const SteadyTime next = supervisor.step({});
      if (next > end) break;
      clock.advance(std::chrono::ceil<std::chrono::milliseconds>(next - clock.steady()));
    }
    clock.advance(std::chrono::ceil<std::chrono::milliseconds>(end - clock.steady()));
  }
  Instance present() { return supervisor.states().at(0).instance; }
  std::vector<std::string> take_said() { return std::exchange(said, {}); }
};

/// One text, so that a difference is shown.
struct Said {
  std::string text;
  Said(std::initializer_list<std::string> lines) {
    for (const std::string& line : lines) text += line + "\n";
  }
  explicit Said(const std::vector<std::string>& lines) {
    for (const std::string& line : lines) text += line + "\n";
  }
};

}  // namespace

TEST_CASE("Supervisor") {
  SupervisorWorld world;
  SUBCASE("says nothing about what stays ready") {
    world.supervisor.add("primary", spec({"ready"}), *world.target.start(spec({"ready"})));
    world.run_for(10min);
    CHECK(world.said.empty());
    CHECK(world.supervisor.states().at(0).state == InstanceState::ready);
  }
  SUBCASE("starts what is not running") {
    world.supervisor.add_stopped("standby", spec({"ready"}));
    world.run_for(1s);
    CHECK(Said(world.said).text == Said{"0 standby starting", "0 standby ready"}.text);
    CHECK(world.supervisor.states().at(0).restarts == 0);
  }
  SUBCASE("a crash is noticed within 100 ms and started again after a pause that doubles") {
    world.supervisor.add("primary", spec({"ready"}), *world.target.start(spec({"ready"})));
    world.run_for(1s);
    for (int i = 0; i < 3; ++i) {
      world.target.crash(world.present());
      world.run_for(4s);
    }
    CHECK(Said(world.said).text == Said{"1100 primary waiting: `line@1.0.0` ended with exit code 134", "1600 primary starting", "1600 primary ready",
                             "5100 primary waiting: `line@1.0.0` ended with exit code 134", "6100 primary starting", "6100 primary ready",
                             "9100 primary waiting: `line@1.0.0` ended with exit code 134", "11100 primary starting", "11100 primary ready"}.text);
    CHECK(world.supervisor.states().at(0).restarts == 3);
    CHECK(world.target.count_running() == 1);
    SUBCASE("and that is short again after a minute up") {
      world.run_for(60s);
      world.take_said();
      world.target.crash(world.present());
      world.run_for(1s);
      CHECK(Said(world.said).text == Said{"73100 primary waiting: `line@1.0.0` ended with exit code 134", "73600 primary starting", "73600 primary ready"}.text);
    }
  }
  SUBCASE("the pause never exceeds 30 s") {
    world.supervisor.add_stopped("primary", spec({"exit", "3"}));
    world.run_for(200s);
    // 0.5 1 2 4 8 16 30 30 30 30 30 s between starts
    CHECK(world.supervisor.states().at(0).restarts == 11);
    CHECK(world.target.count_running() == 0);
  }
  SUBCASE("two failed probes make it unready, one good probe ready again") {
    world.supervisor.add("primary", spec({"ready"}), *world.target.start(spec({"ready"})));
    world.run_for(500ms);
    world.target.set_ready(world.present(), false);
    world.run_for(1s);
    CHECK(world.said.empty());
    world.run_for(1s);
    CHECK(Said(world.said).text == Said{"2000 primary unready: `line@1.0.0` is not ready: GET /v2/health/ready answered 503"}.text);
    world.run_for(5s);
    world.target.set_ready(world.present(), true);
    world.run_for(1s);
    CHECK(world.said.size() == 2);
    CHECK(world.said.back() == "8000 primary ready");
  }
  SUBCASE("one that does not become ready in time is stopped and started again") {
    world.supervisor.add_stopped("primary", spec({"never-ready"}));
    world.run_for(6s);
    CHECK(Said(world.said).text == Said{"0 primary starting", "5000 primary waiting: `line@1.0.0` is not ready: GET /v2/health/ready answered 503",
                             "5500 primary starting"}.text);
    CHECK(world.target.count_running() == 1);
  }
  SUBCASE("a lost port is a reason to start again") {
    world.supervisor.add_stopped("primary", spec({"port-taken"}));
    world.run_for(200ms);
    CHECK(Said(world.said).text == Said{"0 primary starting", "0 primary waiting: `line@1.0.0` is not ready: another program listens on it"}.text);
    CHECK(world.target.count_running() == 0);
  }
  SUBCASE("a start that fails is tried again") {
    world.target.start_error = Error{.message = "cannot write the log: no space left on device"};
    world.supervisor.add_stopped("primary", spec({"ready"}));
    world.run_for(600ms);
    world.target.start_error.reset();
    world.run_for(1s);
    CHECK(Said(world.said).text == Said{"0 primary waiting: cannot write the log: no space left on device", "500 primary waiting: cannot write the log: no space left on device",
                             "1500 primary starting", "1500 primary ready"}.text);
  }
  SUBCASE("what cannot be started yet waits, says why, and starts when it can") {
    world.supervisor.add_unprepared("primary", {});
    world.run_for(10min);
    CHECK(world.said.empty());
    CHECK(world.supervisor.states().at(0).state == InstanceState::preparing);
    CHECK_FALSE(world.supervisor.remove("primary"));
    world.supervisor.add_unprepared("primary", {});
    world.supervisor.obstruct("primary", Error{.message = "damaged"});
    world.supervisor.obstruct("primary", Error{.message = "still damaged"});
    world.supervisor.obstruct("other", Error{.message = "nobody"});
    world.run_for(10min);
    CHECK(Said(world.take_said()).text == Said{"600000 primary broken: damaged", "600000 primary broken: still damaged"}.text);
    CHECK(world.target.calls.empty());
    world.supervisor.provide("primary", spec({"ready"}));
    world.run_for(1s);
    CHECK(Said(world.said).text == Said{"1200000 primary starting", "1200000 primary ready"}.text);
    CHECK_FALSE(world.supervisor.states().at(0).error);
    SUBCASE("once") {
      world.supervisor.provide("primary", spec({"exit", "3"}));
      world.supervisor.obstruct("primary", Error{.message = "late"});
      world.run_for(10min);
      CHECK(world.said.size() == 2);
    }
  }
  SUBCASE("what runs already is watched before it is known how to start it again") {
    const Instance running = *world.target.start(spec({"ready"}));
    world.supervisor.add_unprepared("primary", running);
    world.supervisor.obstruct("primary", Error{.message = "damaged"});
    CHECK(world.supervisor.states().at(0).state == InstanceState::ready);
    CHECK(world.supervisor.states().at(0).error->message == "damaged");
    world.take_said();
    SUBCASE("and prepared in time it goes on") {
      world.supervisor.provide("primary", spec({"ready"}));
      world.run_for(10s);
      CHECK(world.said.empty());
      CHECK_FALSE(world.supervisor.states().at(0).error);
      world.target.crash(running);
      world.run_for(1s);
      CHECK(world.supervisor.states().at(0).state == InstanceState::ready);
      CHECK(world.target.count_running() == 1);
    }
    SUBCASE("and when it ends it is broken until it is prepared") {
      world.target.set_ready(running, false);
      world.run_for(3s);
      CHECK(world.supervisor.states().at(0).state == InstanceState::unready);
      world.target.crash(running);
      world.run_for(10min);
      CHECK(world.supervisor.states().at(0).state == InstanceState::broken);
      CHECK(world.supervisor.states().at(0).error->message == "damaged");
      world.supervisor.provide("primary", spec({"ready"}));
      world.run_for(1s);
      CHECK(world.supervisor.states().at(0).state == InstanceState::ready);
      CHECK(world.supervisor.states().at(0).restarts == 1);
    }
    SUBCASE("and it is given back") { CHECK(world.supervisor.remove("primary") == running); }
  }
  SUBCASE("what is removed is given back and forgotten") {
    const Instance running = *world.target.start(spec({"ready"}));
    world.supervisor.add("primary", spec({"ready"}), running);
    CHECK(world.supervisor.remove("primary") == running);
    CHECK_FALSE(world.supervisor.remove("primary"));
    world.target.crash(running);
    world.run_for(10s);
    CHECK(world.said.empty());
  }
  SUBCASE("removing from within the callback") {
    Supervisor* self = nullptr;
    Supervisor supervisor(world.target, world.clock, [&](const StateChange& change) {
      if (change.state == InstanceState::starting) self->remove(change.key);
    });
    self = &supervisor;
    supervisor.add_stopped("primary", spec({"ready"}));
    supervisor.step({});
    CHECK(supervisor.states().empty());
  }
}

TEST_CASE("Supervisor run steps by itself until it is stopped") {
  fakes::FakeTarget target;
  RealClock clock;
  std::atomic<int> ready{0};
  Supervisor supervisor(target, clock, [&](const StateChange& change) { ready += change.state == InstanceState::ready ? 1 : 0; });
  std::jthread thread([&](const std::stop_token& stop) { supervisor.run(stop); });
  supervisor.add_stopped("a", spec({"ready"}));
  supervisor.add_stopped("b", spec({"ready"}));
  const SteadyDeadline deadline(10s);
  while (ready < 2 && !deadline.passed()) std::this_thread::yield();
  CHECK(ready == 2);
}
