#pragma once

#include "base/random.h"
#include "gateway/gateway.h"
#include "gateway/local_table.h"
#include "gateway/recorder.h"
#include "net/listener.h"

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

namespace mops::gateway {

class Session;

/// What all threads of a gateway share.
struct Shared {
  GatewayOptions options;
  std::atomic<uint64_t> sequence{0};  ///< counts tables; lets a thread see without a lock that there is a new one
  std::atomic<bool> draining{false};
  std::atomic<bool> is_succeeded{false};  ///< another gateway accepts in its place
  std::mutex mutex;
  std::shared_ptr<const ResolvedTable> table;   ///< guarded by `mutex`
  std::shared_ptr<const net::TlsContext> tls;   ///< guarded by `mutex`
  std::unique_ptr<Recorder> recorder;           ///< null: nothing is recorded
  /// Collects the numbers of all threads and hands them over, on any of them.
  std::function<void(std::function<void(GatewayStats)>)> collect;
};

/// One thread of the gateway: a loop with its clients, pools and numbers. Everything but the constructor runs on the loop.
class Worker {
 public:
  Worker(Shared& shared, net::Loop& loop, const net::ListeningSocket& socket);
  ~Worker();

  Result<void> listen() { return acceptor_.start(); }
  /// Those that wait in the kernel's queue are accepted first.
  void stop_accepting() { acceptor_.stop(); }
  /// Sessions leave after what they are doing. `done` is called when the last one has gone.
  void drain(std::function<void()> done);
  void cut_off();

  /// The newest table; null if there is none yet.
  LocalTable* table();
  LocalState& state() { return state_; }
  Shared& shared() { return shared_; }
  net::Loop& loop() { return loop_; }
  [[nodiscard]] GatewayStats stats() const;

  void remove(Session& session);
  /// True a few times in each turn of the loop: an RSA handshake takes as long as twenty requests.
  bool may_shake_hands();
  /// The session with that id, if it is still here.
  Session* find(uint64_t id);
  void make_request_id(std::string& out);
  void count_rejected(uint32_t status) { add_count(rejected_, status); }
  void count_streamed() { ++streamed_; }
  /// A sample to be filled if this request is to be recorded; else null.
  std::unique_ptr<Sample> sample(const LocalModel& model, const LocalVersion& version);

  size_t kept_bytes = 0;

 private:
  void accept(net::Stream stream);

  Shared& shared_;
  net::Loop& loop_;
  net::Acceptor acceptor_;
  LocalState state_;
  uint64_t sequence_ = 0;
  SteadyTime handshake_turn_{};
  int handshakes_ = 0;
  uint64_t last_session_ = 0;
  uint64_t id_prefix_ = 0;
  uint64_t id_counter_ = 0;
  stats::Generator chance_{0};
  uint64_t streamed_ = 0;
  uint64_t accepted_ = 0;
  std::vector<std::pair<uint32_t, uint64_t>> rejected_;
  std::unordered_map<uint64_t, std::unique_ptr<Session>> sessions_;
  std::function<void()> drained_;
};

}  // namespace mops::gateway
