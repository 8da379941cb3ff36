#include "platform/recorded_target.h"

namespace mops::platform {

std::string route_key(const std::string& stage, const std::string& model, const Digest& payload) {
  return fmt::format("{}/{}/{}", stage, model, payload.hex());
}

Result<target::Instance> RecordedTarget::start(const target::VersionSpec& spec) {
  MOPS_ASSIGN(target::Instance instance, inner_.start(spec));
  const std::lock_guard lock(mutex_);
  if (auto recorded = state_.put_instance({.key = spec.key, .instance = instance}); !recorded) {
    // What is not recorded would outlive us unknown.
    (void)inner_.stop(instance, std::chrono::milliseconds(0));
    return fail(std::move(recorded).error());
  }
  return instance;
}

Result<void> RecordedTarget::stop(const target::Instance& instance, std::chrono::milliseconds grace) {
  MOPS_TRY(inner_.stop(instance, grace));
  const std::lock_guard lock(mutex_);
  MOPS_ASSIGN(const std::vector<InstanceRow> rows, state_.instances());
  for (const InstanceRow& row : rows)
    if (row.instance == instance) return state_.remove_instance(row.key);
  return {};
}

}  // namespace mops::platform
