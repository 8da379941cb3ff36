#include "platform/operation.h"

namespace mops::platform {

Operations::~Operations() {
  for (auto& [id, operation] : operations_) operation->thread.request_stop();
  // Joined by ~jthread; a switch ends within the deadline of its present step.
}

Result<void> Operations::start(const std::string& id, const std::string& subject, const std::string& actor, SystemTime now, Work work) {
  const std::lock_guard lock(mutex_);
  for (const auto& [other_id, other] : operations_) {
    if (other->subject != subject || other->status.is_finished()) continue;
    return fail(ErrorCode::refused, fmt::format("{} is switching {} since {}", other->actor, subject, to_rfc3339(other->started)),
                "wait until that is done, look at `mops status`, then decide again");
  }
  // Ended operations are kept only until their model's next one: a client asks for its own at once.
  std::erase_if(operations_, [&](const auto& entry) { return entry.second->subject == subject; });
  auto operation = std::make_unique<Operation>();
  operation->subject = subject;
  operation->actor = actor;
  operation->started = now;
  operation->status.id = id;
  Operation& started = *operation;
  operations_.emplace(id, std::move(operation));
  started.thread = std::jthread([this, &started, work = std::move(work)](const std::stop_token& stop) {
    const ReportStep report = [&](std::string step) {
      const std::lock_guard report_lock(mutex_);
      started.status.steps.push_back(std::move(step));
      news_.notify_all();
    };
    auto record = work(report, stop);
    const std::lock_guard end_lock(mutex_);
    if (record) started.status.record = std::move(*record);
    else started.status.error = std::move(record).error();
    news_.notify_all();
  });
  return {};
}

Result<OperationStatus> Operations::wait(const std::string& id, size_t seen_steps, std::chrono::milliseconds patience) {
  std::unique_lock lock(mutex_);
  const auto found = operations_.find(id);
  if (found == operations_.end()) return fail(ErrorCode::not_found, fmt::format("there is no operation `{}`", id), "`mops history` shows what was done");
  Operation& operation = *found->second;
  news_.wait_for(lock, patience, [&] { return operation.status.is_finished() || operation.status.steps.size() > seen_steps; });
  return operation.status;
}

Result<void> Operations::cancel(const std::string& id) {
  const std::lock_guard lock(mutex_);
  const auto found = operations_.find(id);
  if (found == operations_.end()) return fail(ErrorCode::not_found, fmt::format("there is no operation `{}`", id), "`mops history` shows what was done");
  found->second->thread.request_stop();
  return {};
}

}  // namespace mops::platform
