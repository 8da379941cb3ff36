#pragma once

#include "base/clock.h"
#include "base/file_descriptor.h"
#include "base/result.h"
#include "net/buffer.h"
#include "net/timer.h"

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace mops::net {

/// What a socket is ready for. `hung_up`: the peer has closed its sending half; `failed`: nothing more is possible.
struct Readiness {
  bool readable = false;
  bool writable = false;
  bool hung_up = false;
  bool failed = false;
};

/// Somebody who waits for a file descriptor.
class EventHandler {
 public:
  virtual ~EventHandler() = default;
  virtual void on_ready(Readiness ready) = 0;
};

/// Somebody who is called at a point in time, to the microsecond.
class AlarmHandler {
 public:
  virtual ~AlarmHandler() = default;
  virtual void on_alarm() = 0;
};

/// One epoll, one thread. Descriptors are registered once, edge-triggered, for reading and writing: in steady state a
/// request costs no epoll_ctl. Everything but `post` and `stop` is called on the loop's thread (or before it runs).
class Loop {
 public:
  using Task = std::function<void()>;

  static Result<std::unique_ptr<Loop>> create();
  ~Loop();

  /// Works until `stop`. Tasks that were posted before `stop` are still carried out.
  void run();
  void stop();
  /// From any thread: carried out on the loop's thread, in order. Dropped when `run` has ended.
  void post(Task task);

  /// `handler` must outlive the watch; `forget` before the descriptor is closed. After `forget` no event arrives.
  Result<void> watch(int fd, EventHandler& handler);
  /// Level-triggered, reading only, woken on one of several loops: for listening sockets.
  Result<void> watch_shared(int fd, EventHandler& handler);
  void forget(int fd, EventHandler& handler);
  /// Destroys it when the present turn of the loop is over.
  void retire(std::unique_ptr<EventHandler> handler);
  /// Calls `handler` with `ready` in the next turn, so that one busy socket does not starve the others.
  void again(EventHandler& handler, Readiness ready);

  /// Time of the present turn.
  [[nodiscard]] SteadyTime now() const { return now_; }
  void arm(Timer& timer, std::chrono::milliseconds from_now) { timers_.arm(timer, now_ + from_now); }
  /// The one alarm of the loop: `handler` is called once, at `at` or as soon after it as the loop can. Setting it again moves
  /// it. Costs no system call of its own. As exact as the timer slack of the thread (prctl(2), PR_SET_TIMERSLACK) lets it be.
  void set_alarm(SteadyTime at, AlarmHandler& handler) { alarm_ = {.at = at, .handler = &handler}; }
  void clear_alarm() { alarm_ = {}; }
  BufferPool& buffers() { return buffers_; }

 private:
  Loop(FileDescriptor epoll, FileDescriptor wake);
  Result<void> add(int fd, uint32_t events, void* data);
  void turn();
  int wait();
  void ring();
  void run_posted();

  FileDescriptor epoll_;
  FileDescriptor wake_;
  SteadyTime now_;
  BufferPool buffers_;
  TimerWheel timers_;
  struct Alarm {
    SteadyTime at;
    AlarmHandler* handler = nullptr;
  };
  Alarm alarm_;
  bool without_pwait2_ = false;
  std::vector<std::unique_ptr<EventHandler>> retired_;
  struct Again {
    EventHandler* handler = nullptr;
    Readiness ready;
  };
  std::vector<Again> again_, again_now_;
  struct Batch;
  std::unique_ptr<Batch> batch_;
  std::atomic<bool> stopping_{false};
  std::mutex mutex_;
  std::vector<Task> posted_;
};

/// Raises the number of files that this process may open to the hard limit.
void raise_file_limit();

}  // namespace mops::net
