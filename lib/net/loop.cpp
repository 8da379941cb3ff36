#include "net/loop.h"

#include <cerrno>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <utility>

namespace mops::net {

struct Loop::Batch {
  static constexpr int k_size = 256;
  epoll_event events[k_size];
  int count = 0;
  int at = 0;
};

Result<std::unique_ptr<Loop>> Loop::create() {
  FileDescriptor epoll(epoll_create1(EPOLL_CLOEXEC));
  if (!epoll) return fail(errno_error("cannot create an event loop", errno));
  FileDescriptor wake(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!wake) return fail(errno_error("cannot create an event loop", errno));
  std::unique_ptr<Loop> loop(new Loop(std::move(epoll), std::move(wake)));
  MOPS_TRY(loop->add(loop->wake_.get(), EPOLLIN | EPOLLET, nullptr));
  return loop;
}

Loop::Loop(FileDescriptor epoll, FileDescriptor wake)
    : epoll_(std::move(epoll)), wake_(std::move(wake)), now_(std::chrono::steady_clock::now()), timers_(now_), batch_(std::make_unique<Batch>()) {}

Loop::~Loop() { retired_.clear(); }

void Loop::run() {
  now_ = std::chrono::steady_clock::now();
  while (!stopping_.load(std::memory_order_acquire)) turn();
  run_posted();
  retired_.clear();
}

/// Until something is ready or due. An alarm needs nanoseconds, which only epoll_pwait2 takes; kernels and sandboxes without it
/// have ppoll.
int Loop::wait() {
  int timeout = -1;
  if (!again_.empty()) {
    timeout = 0;
  } else if (const auto idle = timers_.idle_for(now_)) {
    timeout = static_cast<int>(idle->count());
  }
  if (alarm_.handler == nullptr || timeout == 0) return epoll_wait(epoll_.get(), batch_->events, Batch::k_size, timeout);
  const std::chrono::nanoseconds until = std::max<std::chrono::nanoseconds>(alarm_.at - std::chrono::steady_clock::now(), std::chrono::nanoseconds(0));
  if (timeout > 0 && std::chrono::milliseconds(timeout) < until) return epoll_wait(epoll_.get(), batch_->events, Batch::k_size, timeout);
  const timespec exact{.tv_sec = until.count() / 1'000'000'000, .tv_nsec = until.count() % 1'000'000'000};
  if (!without_pwait2_) {
    const int ready = epoll_pwait2(epoll_.get(), batch_->events, Batch::k_size, &exact, nullptr);
    if (ready >= 0 || (errno != ENOSYS && errno != EPERM)) return ready;
    without_pwait2_ = true;
  }
  pollfd readable{.fd = epoll_.get(), .events = POLLIN, .revents = 0};
  ppoll(&readable, 1, &exact, nullptr);
  return epoll_wait(epoll_.get(), batch_->events, Batch::k_size, 0);
}

void Loop::ring() {
  if (alarm_.handler == nullptr || alarm_.at > std::chrono::steady_clock::now()) return;
  std::exchange(alarm_, {}).handler->on_alarm();
}

void Loop::turn() {
  const int ready = wait();
  now_ = std::chrono::steady_clock::now();
  batch_->count = std::max(ready, 0);
  bool woken = false;
  for (batch_->at = 0; batch_->at < batch_->count; ++batch_->at) {
    const epoll_event& event = batch_->events[batch_->at];
    if (event.events == 0) continue;
    if (event.data.ptr == nullptr) {
      woken = true;
      continue;
    }
    const uint32_t bits = event.events;
    static_cast<EventHandler*>(event.data.ptr)
        ->on_ready({.readable = (bits & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0,
                    .writable = (bits & (EPOLLOUT | EPOLLHUP | EPOLLERR)) != 0,
                    .hung_up = (bits & (EPOLLRDHUP | EPOLLHUP)) != 0,
                    .failed = (bits & (EPOLLHUP | EPOLLERR)) != 0});
  }
  batch_->count = 0;
  if (!again_.empty()) {
    std::swap(again_, again_now_);
    for (size_t i = 0; i < again_now_.size(); ++i) {
      if (again_now_[i].handler) again_now_[i].handler->on_ready(again_now_[i].ready);
    }
    again_now_.clear();
  }
  ring();
  timers_.advance(now_);
  if (woken) {
    uint64_t count = 0;
    [[maybe_unused]] const ssize_t got = ::read(wake_.get(), &count, sizeof(count));
    run_posted();
  }
  retired_.clear();
}

void Loop::run_posted() {
  std::vector<Task> tasks;
  {
    const std::lock_guard lock(mutex_);
    tasks.swap(posted_);
  }
  for (Task& task : tasks) task();
}

void Loop::stop() {
  stopping_.store(true, std::memory_order_release);
  post([] {});
}

void Loop::post(Task task) {
  bool first = false;
  {
    const std::lock_guard lock(mutex_);
    first = posted_.empty();
    posted_.push_back(std::move(task));
  }
  if (!first) return;
  const uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = ::write(wake_.get(), &one, sizeof(one));
}

Result<void> Loop::add(int fd, uint32_t events, void* data) {
  epoll_event event{};
  event.events = events;
  event.data.ptr = data;
  if (epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) != 0) return fail(errno_error("cannot watch a socket", errno));
  return {};
}

Result<void> Loop::watch(int fd, EventHandler& handler) { return add(fd, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, &handler); }
Result<void> Loop::watch_shared(int fd, EventHandler& handler) { return add(fd, EPOLLIN | EPOLLEXCLUSIVE, &handler); }

void Loop::forget(int fd, EventHandler& handler) {
  epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
  for (int i = batch_->at; i < batch_->count; ++i) {
    if (batch_->events[i].data.ptr == &handler) batch_->events[i].events = 0;
  }
  for (auto* list : {&again_, &again_now_}) {
    for (Again& entry : *list) {
      if (entry.handler == &handler) entry.handler = nullptr;
    }
  }
}

void Loop::retire(std::unique_ptr<EventHandler> handler) { retired_.push_back(std::move(handler)); }
void Loop::again(EventHandler& handler, Readiness ready) { again_.push_back({&handler, ready}); }

void raise_file_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == limit.rlim_max) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace mops::net
