#include "platform/shift.h"

#include "document/document.h"

#include <doctest/doctest.h>

using namespace mops;
using namespace mops::platform;
using namespace std::chrono_literals;

namespace {

std::string steps(std::string_view text) {
  const auto parsed = parse_steps(text);
  return parsed ? fmt::format("{}", fmt::join(*parsed, " ")) : parsed.error().message;
}

}  // namespace

TEST_CASE("shift: steps") {
  CHECK(steps("1,5,25,50,100") == "1 5 25 50 100");
  CHECK(steps("100") == "100");
  CHECK(steps("") == "found the step ``, expected a share in percent");
  CHECK(steps("1,,100") == "found the step ``, expected a share in percent");
  CHECK(steps("1,100,") == "found the step ``, expected a share in percent");
  CHECK(steps("5 %,100") == "found the step `5 %`, expected a share in percent");
  CHECK(steps("-5,100") == "found the step `-5`, expected a share in percent");
  CHECK(steps("0.5,100") == "found the step `0.5`, expected a share in percent");
  CHECK(steps("99999999999") == "found the step `99999999999`, expected a share in percent");
  CHECK(steps("0,100") == "found a step of 0 %, expected 1 to 100");
  CHECK(steps("50,101") == "found a step of 101 %, expected 1 to 100");
  CHECK(steps("50,50,100") == "found a step of 50 % after one of 50 %, expected rising shares");
  CHECK(steps("50,25,100") == "found a step of 25 % after one of 50 %, expected rising shares");
  CHECK(steps("1,50") == "the last step is 50 %, expected 100");
}

TEST_CASE("shift: a plan comes back from its document, or is refused") {
  const auto read = [](std::string text) -> Result<ShiftPlan> {
    const document::Document document = document::parse_json({.path = "plan", .text = std::move(text)});
    document::Reader reader(document);
    ShiftPlan plan = read_shift_plan(reader.root());
    return reader.finish(std::move(plan));
  };
  const ShiftPlan plan{.steps = {5, 100}, .step_time = 1500ms, .step_requests = 7};
  const auto back = read(to_json(to_value(plan)));
  REQUIRE(back);
  CHECK(back->steps == plan.steps);
  CHECK(back->step_time == plan.step_time);
  CHECK(back->step_requests == plan.step_requests);
  for (const char* text : {R"({"steps": [5], "step_ms": 1, "step_requests": 1})", R"({"steps": [4294967396], "step_ms": 1, "step_requests": 1})",
                           R"({"steps": [100], "step_ms": 99999999999, "step_requests": 1})", R"({"steps": [100], "step_ms": -1, "step_requests": 1})",
                           R"({"steps": "100", "step_ms": 1, "step_requests": 1})", R"({"steps": [100]})"}) {
    CAPTURE(text);
    CHECK_FALSE(read(text));
  }
}
