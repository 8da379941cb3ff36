#include "gateway/recorder.h"

#include "base/real_file_system.h"
#include "gateway/decision.h"

namespace mops::gateway {
namespace {

/// Of two bodies of 16 KiB each at most: 16 MiB.
constexpr size_t k_most_waiting = 512;
constexpr std::chrono::seconds k_between_snapshots{5};
constexpr size_t k_most_snapshots = 32;

/// Those of earlier starts go, the oldest first: names begin with the time.
void drop_old_snapshots(FileSystem& files, const Path& folder) {
  auto entries = files.list(folder);
  if (!entries) return;
  std::erase_if(*entries, [](const DirectoryEntry& entry) { return !is_traffic_file(entry.name); });
  for (size_t i = 0; i + k_most_snapshots <= entries->size(); ++i) (void)files.remove(folder / (*entries)[i].name);
}

}  // namespace

Result<std::unique_ptr<Recorder>> Recorder::start(const RecordOptions& options) {
  MOPS_ASSIGN(DecisionLog log, DecisionLog::open(options.folder, options.log_bytes));
  RealFileSystem files;
  drop_old_snapshots(files, options.folder);
  return std::unique_ptr<Recorder>(new Recorder(options.folder, std::move(log)));
}

Recorder::Recorder(Path folder, DecisionLog log) : folder_(std::move(folder)), log_(std::move(log)) {
  RealRandom random;
  traffic_.started = RealClock().now();
  traffic_.gateway = make_ulid(traffic_.started, random);
  thread_ = std::thread([this] { run(); });
}

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
  SteadyDeadline next_snapshot(k_between_snapshots);
  while (true) {
    std::unique_ptr<Sample> next;
    {
      std::unique_lock lock(mutex_);
      const auto may_go_on = [this] { return over_ || !queue_.empty(); };
      if (is_traffic_kept_) came_.wait(lock, may_go_on);
      else came_.wait_for(lock, next_snapshot.left(), may_go_on);
      if (queue_.empty() && over_) break;
      if (!queue_.empty()) {
        next = std::move(queue_.front());
        queue_.pop_front();
      }
    }
    if (next) record(*next);
    if (!next_snapshot.passed()) continue;
    keep_traffic();
    next_snapshot = SteadyDeadline(k_between_snapshots);
  }
  keep_traffic();
}

void Recorder::record(const Sample& sample) {
  const SampleValues values = values_of(sample);
  const bool is_written = log_.append(decision_line(sample, values));
  ++(is_written ? logged_ : lost_on_disk_);
  traffic_.add(sample, values);
  is_traffic_kept_ = false;
}

/// On a full disk the one before stays, and the next one has all that this one would have.
void Recorder::keep_traffic() {
  if (is_traffic_kept_) return;
  traffic_.taken = RealClock().now();
  RealFileSystem files;
  (void)files.write(folder_ / traffic_file_name(traffic_.gateway), to_json(traffic_), 0600);
  is_traffic_kept_ = true;
}

}  // namespace mops::gateway
