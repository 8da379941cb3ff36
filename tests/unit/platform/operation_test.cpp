#include "platform/operation.h"

#include "base/text.h"
#include "fakes/manual_clock.h"
#include "specimen.h"

#include <condition_variable>
#include <doctest/doctest.h>
#include <latch>

using namespace mops;
using namespace mops::platform;
using namespace std::chrono_literals;

namespace {

/// Work that says when it goes on and waits to be let go, or to be stopped.
class Gate {
 public:
  Result<JournalRecord> work(const ReportStep& report, std::stop_token stop) {
    report("started");
    std::unique_lock lock(mutex_);
    opened_.wait(lock, stop, [&] { return open_; });
    if (stop.stop_requested()) return fail(ErrorCode::interrupted, "stopped");
    return specimen_record();
  }
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    opened_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable_any opened_;
  bool open_ = false;
};

struct World {
  fakes::ManualClock clock;
  std::map<std::string, Gate> gates;
  Operations operations;

  Result<void> start(const std::string& id, const std::string& subject) {
    return operations.start(id, subject, "Ada", clock.now(), [&gate = gates[id]](const ReportStep& report, std::stop_token stop) { return gate.work(report, std::move(stop)); });
  }
  /// Waits for its end.
  OperationStatus end_of(const std::string& id) {
    size_t seen = 0;
    while (true) {
      const auto status = operations.wait(id, seen, 10s);
      REQUIRE_MESSAGE(status, status.error().message);
      REQUIRE((status->is_finished() || status->steps.size() > seen));
      if (status->is_finished()) return *status;
      seen = status->steps.size();
    }
  }
};

}  // namespace

TEST_CASE("Operations: one at a time per subject") {
  World world;
  REQUIRE(world.start("1", "churn in dev"));
  const auto second = world.start("2", "churn in dev");
  REQUIRE_FALSE(second);
  CHECK(second.error().code == ErrorCode::refused);
  CHECK(second.error().message == "Ada is switching churn in dev since 2026-11-23T12:00:00.000Z");
  REQUIRE(world.start("3", "churn in production"));
  world.gates["1"].open();
  CHECK(world.end_of("1").record->id == specimen_record().id);
  REQUIRE(world.start("4", "churn in dev"));
  // The first one's client may still ask.
  CHECK(world.end_of("1").record);
  world.gates["3"].open();
  world.gates["4"].open();
  CHECK(world.end_of("3").record);
  CHECK(world.end_of("4").record);
}

TEST_CASE("Operations: a waiter wakes for new steps and for the end") {
  World world;
  REQUIRE(world.start("1", "churn"));
  const auto first = world.operations.wait("1", 0, 10s);
  REQUIRE(first);
  CHECK(join(first->steps, ", ") == "started");
  CHECK_FALSE(first->is_finished());
  const auto patient = world.operations.wait("1", 1, 1ms);
  REQUIRE(patient);
  CHECK_FALSE(patient->is_finished());
  CHECK(patient->steps.size() == 1);

  std::latch waits(1);
  OperationStatus seen;
  {
    std::jthread waiter([&] {
      waits.count_down();
      seen = *world.operations.wait("1", 1, 60s);
    });
    waits.wait();
    world.gates["1"].open();
  }
  CHECK(seen.record);
  CHECK_FALSE(seen.error);
  CHECK(seen.id == "1");
}

TEST_CASE("Operations: cancel asks the work to stop") {
  World world;
  REQUIRE(world.start("1", "churn"));
  REQUIRE(world.operations.cancel("1"));
  const OperationStatus end = world.end_of("1");
  REQUIRE(end.error);
  CHECK(end.error->code == ErrorCode::interrupted);
  CHECK(end.error->message == "stopped");
  CHECK_FALSE(end.record);
  // It has ended: there is nothing to stop, and that is no error.
  CHECK(world.operations.cancel("1"));
}

TEST_CASE("Operations: one that nobody knows") {
  World world;
  const auto waited = world.operations.wait("x", 0, 10s);
  REQUIRE_FALSE(waited);
  CHECK(waited.error().code == ErrorCode::not_found);
  CHECK(waited.error().message == "there is no operation `x`");
  const auto cancelled = world.operations.cancel("x");
  REQUIRE_FALSE(cancelled);
  CHECK(cancelled.error().message == "there is no operation `x`");
}

TEST_CASE("Operations: the end of all") {
  World world;
  REQUIRE(world.start("1", "churn"));
  REQUIRE(world.start("2", "fraud"));
  world.operations.end();
  CHECK(world.end_of("1").error->message == "stopped");
  CHECK(world.end_of("2").error->message == "stopped");
  const auto late = world.start("3", "churn");
  REQUIRE_FALSE(late);
  CHECK(late.error().message == "the platform is stopping");
}

TEST_CASE("Operations: what has ended is kept for a while, not for ever") {
  World world;
  for (int i = 0; i < 300; ++i) {
    const std::string id = fmt::format("{:03}", i);
    world.gates[id].open();
    REQUIRE(world.start(id, "churn"));
    CHECK(world.end_of(id).record);
  }
  CHECK_FALSE(world.operations.wait("000", 0, 0ms));
  CHECK(world.operations.wait("210", 0, 0ms));
}
