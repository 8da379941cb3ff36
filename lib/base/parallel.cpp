#include "base/parallel.h"

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>

namespace mops {
namespace {

size_t threads_of(const ParallelOptions& options) {
  return options.threads > 0 ? options.threads : std::max<size_t>(1, std::thread::hardware_concurrency());
}

class OrderedLoop {
 public:
  OrderedLoop(size_t count, const ParallelOptions& options, const std::function<void(size_t, size_t)>& work,
              const std::function<Result<void>(size_t, size_t)>& take)
      : count_(count), stop_(options.stop), work_(work), take_(take), done_(slots_of(options), false) {}

  Result<void> run(size_t threads) {
    std::vector<std::jthread> helpers;
    try {
      for (size_t i = 1; i < std::min(threads, count_); ++i) helpers.emplace_back([this] { help(); });
    } catch (const std::system_error&) {
      // No more threads are to be had: those that there are do it. Left alone, they would wait for a leader who never comes.
    }
    // The helpers wait without looking at the stop token.
    const std::stop_callback wake(stop_, [this] {
      const std::lock_guard lock(mutex_);
      changed_.notify_all();
    });
    try {
      Result<void> result = lead();
      end();
      return result;
    } catch (...) {
      end();
      throw;
    }
  }

 private:
  void end() {
    const std::lock_guard lock(mutex_);
    ended_ = true;
    changed_.notify_all();
  }

  [[nodiscard]] bool may_begin() const { return begun_ < count_ && begun_ - taken_ < done_.size(); }
  [[nodiscard]] bool may_take() const { return taken_ < begun_ && done_[taken_ % done_.size()]; }

  /// With the lock held, which is let go while the item is worked on.
  void work_on_next(std::unique_lock<std::mutex>& lock) {
    const size_t index = begun_++;
    const size_t slot = index % done_.size();
    lock.unlock();
    std::exception_ptr failure;
    try {
      work_(index, slot);
    } catch (...) {
      failure = std::current_exception();
    }
    lock.lock();
    if (failure) failure_ = failure;
    done_[slot] = true;
    if (leader_waits_ && index == taken_) changed_.notify_all();
  }

  void help() {
    std::unique_lock lock(mutex_);
    while (true) {
      changed_.wait(lock, [&] { return ended_ || stop_.stop_requested() || begun_ == count_ || may_begin(); });
      if (ended_ || stop_.stop_requested() || begun_ == count_) return;
      work_on_next(lock);
    }
  }

  /// The calling thread takes what is next in order; while that is not done, it works like the others.
  Result<void> lead() {
    std::unique_lock lock(mutex_);
    while (taken_ < count_) {
      if (stop_.stop_requested()) return fail(ErrorCode::interrupted, "interrupted");
      if (failure_) std::rethrow_exception(failure_);
      if (may_take()) {
        const size_t slot = taken_ % done_.size();
        lock.unlock();
        auto result = take_(taken_, slot);
        lock.lock();
        if (!result) return result;
        done_[slot] = false;
        const bool was_full = !may_begin();
        ++taken_;
        if (was_full) changed_.notify_all();
      } else if (may_begin()) {
        work_on_next(lock);
      } else {
        leader_waits_ = true;
        changed_.wait(lock, [&] { return stop_.stop_requested() || may_take(); });
        leader_waits_ = false;
      }
    }
    return {};
  }

  const size_t count_;
  const std::stop_token stop_;
  const std::function<void(size_t, size_t)>& work_;
  const std::function<Result<void>(size_t, size_t)>& take_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<bool> done_;  ///< by slot
  size_t begun_ = 0;
  size_t taken_ = 0;
  bool leader_waits_ = false;
  bool ended_ = false;
  std::exception_ptr failure_;  ///< what a piece of work threw, for the calling thread to throw
};

}  // namespace

size_t slots_of(const ParallelOptions& options) {
  constexpr size_t k_ahead = 32;
  return options.window > 0 ? options.window : k_ahead * threads_of(options);
}

Result<void> run_in_order(size_t count, const ParallelOptions& options, const std::function<void(size_t, size_t)>& work,
                          const std::function<Result<void>(size_t, size_t)>& take) {
  return OrderedLoop(count, options, work, take).run(threads_of(options));
}

}  // namespace mops
