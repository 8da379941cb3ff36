#include "platform/shift.h"

#include <charconv>

namespace mops::platform {
namespace {

using document::Field;
using document::Value;

constexpr const char* k_example = "for example `--steps 1,5,25,50,100`";

}  // namespace

Result<std::vector<uint32_t>> parse_steps(std::string_view text) {
  std::vector<uint32_t> steps;
  for (std::string_view rest = text;;) {
    const size_t comma = rest.find(',');
    const std::string_view word = rest.substr(0, comma);
    uint32_t share = 0;
    const auto [end, problem] = std::from_chars(word.data(), word.data() + word.size(), share);
    if (problem != std::errc() || end != word.data() + word.size() || word.empty())
      return fail(ErrorCode::usage, fmt::format("found the step `{}`, expected a share in percent", word), k_example);
    steps.push_back(share);
    if (comma == std::string_view::npos) break;
    rest.remove_prefix(comma + 1);
  }
  MOPS_TRY(validate(ShiftPlan{.steps = steps}));
  return steps;
}

Result<void> validate(const ShiftPlan& plan) {
  using namespace std::chrono_literals;
  uint32_t before = 0;
  for (const uint32_t share : plan.steps) {
    if (share < 1 || share > 100) return fail(ErrorCode::usage, fmt::format("found a step of {} %, expected 1 to 100", share), k_example);
    if (share <= before) return fail(ErrorCode::usage, fmt::format("found a step of {} % after one of {} %, expected rising shares", share, before), k_example);
    before = share;
  }
  if (!plan.steps.empty() && before != 100) return fail(ErrorCode::usage, fmt::format("the last step is {} %, expected 100", before), k_example);
  if (plan.step_time < 0ms || plan.step_time > 24h)
    return fail(ErrorCode::usage, fmt::format("found a step of {} s, expected 0 to 86400", static_cast<double>(plan.step_time.count()) / 1000));
  return {};
}

Value to_value(const ShiftPlan& plan) {
  Value steps = Value::list();
  for (const uint32_t share : plan.steps) steps.add(static_cast<uint64_t>(share));
  return Value::map().set("steps", std::move(steps)).set("step_ms", static_cast<uint64_t>(plan.step_time.count())).set("step_requests", plan.step_requests);
}

ShiftPlan read_shift_plan(const Field& field) {
  ShiftPlan plan{.step_time = std::chrono::milliseconds(field.at("step_ms").count()), .step_requests = field.at("step_requests").count()};
  for (const Field& share : field.at("steps").items()) plan.steps.push_back(static_cast<uint32_t>(std::min<uint64_t>(share.count(), UINT32_MAX)));
  if (const auto sound = validate(plan); !sound) field.refuse(sound.error().message, sound.error().help);
  return plan;
}

Value to_value(const ShiftStep& step) {
  Value value = Value::map();
  value.set("share", static_cast<uint64_t>(step.share)).set("seconds", step.seconds).set("requests", step.requests).set("failed", step.failed);
  return value.set("p99_ms", step.p99_ms ? Value(*step.p99_ms) : Value(nullptr));
}

ShiftStep read_shift_step(const Field& field) {
  return {.share = static_cast<uint32_t>(field.at("share").count()),
          .seconds = field.at("seconds").number(),
          .requests = field.at("requests").count(),
          .failed = field.at("failed").count(),
          .p99_ms = field.nullable("p99_ms").maybe_number()};
}

}  // namespace mops::platform
