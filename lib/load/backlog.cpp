#include "load/backlog.h"

namespace mops::load {

void Backlog::arrive() {
  arriving_.advance();
  ++arrived_;
}

void Backlog::arrive_excused(SteadyTime noticed) {
  if (!excused_.empty() && excused_.back().end == arrived_ && excused_.back().noticed == noticed) {
    ++excused_.back().end;
  } else {
    excused_.push_back({.first = arrived_, .end = arrived_ + 1, .noticed = noticed});
  }
  arrive();
}

Backlog::Entry Backlog::front() {
  const SteadyTime intended = begin_ + leaving_.next();
  const bool excused = !excused_.empty() && excused_.front().first <= left_;
  return {.intended = intended, .counts_from = excused ? excused_.front().noticed : intended, .waited = waited_ > 0};
}

void Backlog::pop() {
  leaving_.advance();
  ++left_;
  if (waited_ > 0) --waited_;
  if (!excused_.empty() && excused_.front().end <= left_) excused_.pop_front();
}

}  // namespace mops::load
