#pragma once

#include "gateway/decision_log.h"
#include "gateway/sample.h"
#include "gateway/traffic.h"

#include <atomic>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>

namespace mops::gateway {

struct RecordOptions {
  Path folder = {};               ///< empty: nothing is recorded
  double samples_per_second = 20;  ///< about so many of each version, by each thread
  uint64_t log_bytes = 64 * 1024 * 1024;
};

struct RecordStats {
  uint64_t logged = 0;
  uint64_t lost_in_queue = 0;  ///< more came than could be written
  uint64_t lost_on_disk = 0;   ///< could not be written
};

/// Writes samples to the decision log, and every few seconds a snapshot of what they are like (traffic/v1, one file of each start, the
/// last 32 are kept), in a thread of its own: reading bodies and waiting for the disk hold no request up. When it cannot
/// keep up, samples are dropped and counted. Threads: any may call.
class Recorder {
 public:
  /// Error: outside, when the folder cannot be written to.
  static Result<std::unique_ptr<Recorder>> start(const RecordOptions& options);
  /// Writes what still waits.
  ~Recorder();

  /// Returns at once.
  void offer(std::unique_ptr<Sample> sample);
  [[nodiscard]] RecordStats stats() const;

 private:
  Recorder(Path folder, DecisionLog log);
  void run();
  void record(const Sample& sample);
  void keep_traffic();

  Path folder_;
  DecisionLog log_;
  TrafficSnapshot traffic_;
  bool is_traffic_kept_ = true;   ///< nothing has come since it was written
  std::atomic<uint64_t> logged_{0};
  std::atomic<uint64_t> lost_in_queue_{0};
  std::atomic<uint64_t> lost_on_disk_{0};
  std::mutex mutex_;
  std::condition_variable came_;
  std::deque<std::unique_ptr<Sample>> queue_;  ///< guarded by `mutex_`
  bool over_ = false;                          ///< guarded by `mutex_`
  std::thread thread_;
};

}  // namespace mops::gateway
