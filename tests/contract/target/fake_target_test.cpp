#include "contract/target/target_contract.h"
#include "fakes/fake_target.h"

using namespace mops;

TEST_CASE("FakeTarget keeps the contract") {
  fakes::FakeTarget target;
  SUBCASE("with one instance") { target.most_instances = 1; }
  SUBCASE("with several") { target.most_instances = 3; }
  const auto spec = [](std::vector<std::string> command) {
    return target::VersionSpec{.name = "line@1.0.0", .model = "line", .command = std::move(command), .startup_timeout = std::chrono::milliseconds(300)};
  };
  contract::TargetWorld world{.target = target, .good = spec({"ready"}), .never_ready = spec({"never-ready"}), .ends_at_once = spec({"exit", "3"}),
                              .crash = [&](const target::Instance& instance) { target.crash(instance); }, .after_a_crash = target,
                              .most_instances = target.most_instances};
  contract::check_target_contract(world);
  CHECK(target.count_running() == 0);
}
