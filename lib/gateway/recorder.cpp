#include "gateway/recorder.h"

#include "gateway/decision.h"

namespace mops::gateway {
namespace {

/// Of two bodies of 16 KiB each at most: 16 MiB.
constexpr size_t k_most_waiting = 512;

}  // namespace

Result<std::unique_ptr<Recorder>> Recorder::start(const RecordOptions& options) {
  MOPS_ASSIGN(DecisionLog log, DecisionLog::open(options.folder, options.log_bytes));
  return std::unique_ptr<Recorder>(new Recorder(std::move(log)));
}

Recorder::Recorder(DecisionLog log) : log_(std::move(log)), thread_([this] { run(); }) {}

Recorder::~Recorder() {
  {
    const std::lock_guard lock(mutex_);
    over_ = true;
  }
  came_.notify_one();
  thread_.join();
}

void Recorder::offer(std::unique_ptr<Sample> sample) {
  size_t waiting = 0;
  {
    const std::lock_guard lock(mutex_);
    waiting = queue_.size();
    if (waiting < k_most_waiting) queue_.push_back(std::move(sample));
  }
  if (waiting == 0) came_.notify_one();
  if (waiting >= k_most_waiting) ++lost_in_queue_;
}

RecordStats Recorder::stats() const { return {.logged = logged_, .lost_in_queue = lost_in_queue_, .lost_on_disk = lost_on_disk_}; }

void Recorder::run() {
  while (true) {
    std::unique_ptr<Sample> next;
    {
      std::unique_lock lock(mutex_);
      came_.wait(lock, [this] { return over_ || !queue_.empty(); });
      if (queue_.empty()) return;
      next = std::move(queue_.front());
      queue_.pop_front();
    }
    record(*next);
  }
}

void Recorder::record(const Sample& sample) {
  const bool is_written = log_.append(decision_line(sample));
  ++(is_written ? logged_ : lost_on_disk_);
}

}  // namespace mops::gateway
