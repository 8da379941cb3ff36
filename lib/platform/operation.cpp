#include "platform/operation.h"

namespace mops::platform {
namespace {

/// Ended operations that are kept: the client of each asks for its end a moment later, also when others have begun since.
constexpr size_t k_kept = 100;

}  // namespace

Operations::~Operations() { end(); }

void Operations::end() {
  std::vector<std::shared_ptr<Operation>> all;
  {
    const std::lock_guard lock(mutex_);
    is_ended_ = true;
    for (const auto& [id, operation] : operations_) all.push_back(operation);
  }
  for (const auto& operation : all) operation->thread.request_stop();
  // A switch ends within the deadline of its present step.
  for (const auto& operation : all)
    if (operation->thread.joinable()) operation->thread.join();
}

Result<void> Operations::start(const std::string& id, const std::string& subject, const std::string& actor, SystemTime now, Work work) {
  const std::lock_guard lock(mutex_);
  if (is_ended_) return fail(ErrorCode::refused, "the platform is stopping", "`mops up` starts it again");
  for (const auto& [other_id, other] : operations_) {
    if (other->subject != subject || other->status.is_finished()) continue;
    return fail(ErrorCode::refused, fmt::format("{} is switching {} since {}", other->actor, subject, to_rfc3339(other->started)),
                "wait until that is done, or stop it with Ctrl-C where it was begun; look at `mops status`, then decide again");
  }
  // Ids are in the order of time.
  for (auto entry = operations_.begin(); entry != operations_.end() && operations_.size() > k_kept;)
    entry = entry->second->status.is_finished() ? operations_.erase(entry) : std::next(entry);
  auto operation = std::make_shared<Operation>();
  operation->subject = subject;
  operation->actor = actor;
  operation->started = now;
  operation->status.id = id;
  Operation& started = *operation;
  operations_.emplace(id, operation);
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
  std::shared_ptr<Operation> operation;  // outlives the lock: it may be dropped from the map while we wait
  std::unique_lock lock(mutex_);
  const auto found = operations_.find(id);
  if (found == operations_.end()) return fail(ErrorCode::not_found, fmt::format("there is no operation `{}`", id), "`mops history` shows what was done");
  operation = found->second;
  news_.wait_for(lock, patience, [&] { return operation->status.is_finished() || operation->status.steps.size() > seen_steps; });
  return operation->status;
}

std::optional<std::string> Operations::present() {
  const std::lock_guard lock(mutex_);
  for (const auto& [id, operation] : operations_)
    if (!operation->status.is_finished()) return fmt::format("{} is switching {}", operation->actor, operation->subject);
  return std::nullopt;
}

Result<void> Operations::cancel(const std::string& id) {
  const std::lock_guard lock(mutex_);
  const auto found = operations_.find(id);
  if (found == operations_.end()) return fail(ErrorCode::not_found, fmt::format("there is no operation `{}`", id), "`mops history` shows what was done");
  found->second->thread.request_stop();
  return {};
}

}  // namespace mops::platform
