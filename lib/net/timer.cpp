#include "net/timer.h"

namespace mops::net {

void Timer::disarm() {
  if (!wheel_) return;
  --wheel_->armed_;
  wheel_ = nullptr;
  TimerWheel::unlink(*this);
}

TimerWheel::~TimerWheel() {
  for (Timer*& head : slots_) {
    while (head) head->disarm();
  }
}

void TimerWheel::link(Timer*& head, Timer& timer) {
  timer.next_ = head;
  timer.link_ = &head;
  if (head) head->link_ = &timer.next_;
  head = &timer;
}

void TimerWheel::unlink(Timer& timer) {
  *timer.link_ = timer.next_;
  if (timer.next_) timer.next_->link_ = timer.link_;
  timer.next_ = nullptr;
  timer.link_ = nullptr;
}

uint64_t TimerWheel::tick_of(SteadyTime at) const {
  return at <= start_ ? 0 : static_cast<uint64_t>((at - start_) / k_tick);
}

void TimerWheel::arm(Timer& timer, SteadyTime at) {
  const uint64_t tick = std::max(tick_of(at) + 1, done_ + 1);
  if (timer.wheel_ == this && timer.tick_ == tick) return;
  timer.disarm();
  timer.wheel_ = this;
  timer.tick_ = tick;
  ++armed_;
  link(slots_[tick % k_slots], timer);
  // A timer beyond this turn of the wheel lies in the slot of an earlier tick.
  const uint64_t next = done_ + 1;
  empty_before_ = std::min(std::max(empty_before_, next), next + (tick - next) % k_slots);
}

void TimerWheel::advance(SteadyTime now) {
  const uint64_t last = tick_of(now);
  if (last <= done_) return;
  const uint64_t first = done_ + 1;
  done_ = last;
  if (armed_ == 0) return;
  // Everything due moves to a list of its own first: callbacks may touch any timer.
  Timer* due = nullptr;
  const uint64_t rounds = std::min<uint64_t>(last - first + 1, k_slots);
  for (uint64_t i = 0; i < rounds; ++i) {
    for (Timer* timer = slots_[(first + i) % k_slots]; timer;) {
      Timer* next = timer->next_;
      if (timer->tick_ <= last) {
        unlink(*timer);
        link(due, *timer);
      }
      timer = next;
    }
  }
  while (due) {
    Timer* timer = due;
    timer->disarm();
    timer->callback_();
  }
}

std::optional<std::chrono::milliseconds> TimerWheel::idle_for(SteadyTime now) {
  if (armed_ == 0) return std::nullopt;
  empty_before_ = std::max(empty_before_, done_ + 1);
  while (empty_before_ < done_ + k_slots && !slots_[empty_before_ % k_slots]) ++empty_before_;
  const SteadyTime at = start_ + k_tick * static_cast<int64_t>(empty_before_);
  return std::max(std::chrono::ceil<std::chrono::milliseconds>(at - now), std::chrono::milliseconds(0));
}

}  // namespace mops::net
