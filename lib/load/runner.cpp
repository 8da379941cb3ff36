#include "load/runner.h"

#include <algorithm>
#include <ctime>
#include <sys/timerfd.h>

namespace mops::load {
namespace {

constexpr std::chrono::milliseconds k_late{1};
/// Closed loop: a client whose connection failed comes back so much later instead of spinning.
constexpr std::chrono::milliseconds k_pause_after_failure{10};
constexpr double k_busy_share = 0.9;
constexpr double k_late_share = 0.05;

uint64_t nanoseconds(std::chrono::nanoseconds time) { return static_cast<uint64_t>(std::max<int64_t>(time.count(), 0)); }

double seconds(std::chrono::nanoseconds time) { return static_cast<double>(time.count()) / 1e9; }

double thread_cpu_seconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

}  // namespace

Runner::Runner(const LoadPlan& plan, std::vector<std::string> messages, net::SocketAddress address, net::Loop& loop, FileDescriptor timer)
    : plan_(plan),
      messages_(std::move(messages)),
      address_(address),
      loop_(loop),
      timer_(std::move(timer)),
      schedule_(plan.rate_per_second.value_or(1), plan.arrivals, plan.seed) {
  connections_.reserve(plan_.connections);
  idle_.reserve(plan_.connections);
}

Result<LoadReport> Runner::run() {
  MOPS_TRY(loop_.watch(timer_.get(), *this));
  const double cpu_before = thread_cpu_seconds();
  begin_ = std::chrono::steady_clock::now();
  measured_from_ = begin_ + plan_.warmup;
  end_ = measured_from_ + plan_.duration;
  last_answer_ = measured_from_;
  slots_waiting_ = is_open_loop() ? 0 : plan_.connections;
  set_timer(begin_);
  loop_.run();
  const SteadyTime finished = std::chrono::steady_clock::now();
  loop_.forget(timer_.get(), *this);
  idle_.clear();
  connections_.clear();
  report_.cpu_seconds = thread_cpu_seconds() - cpu_before;
  report_.seconds = seconds(std::max(last_answer_, end_) - measured_from_);
  report_.throughput = static_cast<double>(report_.latency.count()) / report_.seconds;
  judge_generator(seconds(finished - begin_));
  return std::move(report_);
}

void Runner::on_ready(net::Readiness) {
  start_due();
  stop_if_done();
}

void Runner::start_due() {
  SteadyTime now = std::chrono::steady_clock::now();
  if (!is_open_loop()) {
    // A start can fail at once and come back here as a waiting slot; those are for the next round.
    for (uint32_t starts = std::exchange(slots_waiting_, 0); starts > 0 && now < end_; --starts) start(now, now);
    if (now < end_) set_timer(std::min<SteadyTime>(now + k_pause_after_failure, end_));
    return;
  }
  for (;;) {
    const SteadyTime intended = begin_ + schedule_.next();
    if (intended >= end_) break;
    if (intended > now) {
      now = std::chrono::steady_clock::now();
      if (intended > now) {
        set_timer(intended);
        return;
      }
    }
    start(intended, now);
    now = std::chrono::steady_clock::now();
    schedule_.advance();
  }
  if (now < end_) set_timer(end_);
}

void Runner::start(SteadyTime intended, SteadyTime now) {
  ++in_flight_;
  Request request{.body = static_cast<size_t>(started_++ % messages_.size()), .intended = intended, .measured = intended >= measured_from_};
  dispatch(request, now);
}

void Runner::dispatch(Request request, SteadyTime now) {
  if (!idle_.empty()) {
    Connection& connection = *idle_.back();
    idle_.pop_back();
    connection.send(request, messages_[request.body], plan_.timeout);
    return;
  }
  request.waited = is_open_loop();
  const auto left = plan_.timeout - std::chrono::floor<std::chrono::milliseconds>(now - request.intended);
  if (left <= std::chrono::milliseconds(0)) {
    --in_flight_;
    count(request, Outcome::timed_out, 0, "no connection was free in time");
    slot_is_free(Outcome::timed_out);
  } else if (connections_.size() < plan_.connections) {
    connections_.push_back(std::make_unique<Connection>(loop_, *this));
    connections_.back()->index = connections_.size() - 1;
    connections_.back()->open(address_, request, messages_[request.body], left);
  } else {
    waiting_.push_back(request);
  }
}

void Runner::dispatch_waiting() {
  // A connection can fail at once and call back; the loop that is running goes on with the next request.
  if (std::exchange(dispatching_, true)) return;
  while (!waiting_.empty() && (!idle_.empty() || connections_.size() < plan_.connections)) {
    const Request request = waiting_.front();
    waiting_.pop_front();
    const SteadyTime now = std::chrono::steady_clock::now();
    if (now - request.intended >= plan_.timeout) {
      --in_flight_;
      count(request, Outcome::timed_out, 0, "no connection was free in time");
      continue;
    }
    dispatch(request, now);
  }
  dispatching_ = false;
}

void Runner::on_outcome(Connection& connection, const Request& request, Outcome outcome, int status, std::string_view problem) {
  const std::string kept_problem(problem);
  if (connection.is_open()) {
    idle_.push_back(&connection);
  } else {
    release(connection);
  }
  if (outcome == Outcome::closed_before_answer && !request.repeated) {
    ++report_.reconnects;
    Request again = request;
    again.repeated = true;
    dispatch(again, std::chrono::steady_clock::now());
    stop_if_done();
    return;
  }
  --in_flight_;
  count(request, outcome, status, kept_problem);
  dispatch_waiting();
  slot_is_free(outcome);
  stop_if_done();
}

/// Closed loop: the client of the request that is over sends its next one.
void Runner::slot_is_free(Outcome outcome) {
  if (is_open_loop()) return;
  const SteadyTime now = std::chrono::steady_clock::now();
  if (outcome == Outcome::answered && now < end_) {
    start(now, now);
  } else {
    ++slots_waiting_;
  }
}

void Runner::on_idle_close(Connection& connection) {
  remove_idle(connection);
  release(connection);
}

void Runner::remove_idle(Connection& connection) { idle_.erase(std::remove(idle_.begin(), idle_.end(), &connection), idle_.end()); }

void Runner::release(Connection& connection) {
  const size_t index = connection.index;
  std::swap(connections_[index], connections_.back());
  connections_[index]->index = index;
  // It is still on the call stack.
  loop_.retire(std::move(connections_.back()));
  connections_.pop_back();
}

void Runner::count(const Request& request, Outcome outcome, int status, std::string_view problem) {
  if (!request.measured) {
    ++report_.warmup_requests;
  } else {
    ++report_.requests;
  }
  switch (outcome) {
    case Outcome::connect_failed: return count_error(&LoadErrors::connect, request, std::string(problem));
    case Outcome::timed_out: return count_error(&LoadErrors::timeout, request, std::string(problem));
    case Outcome::broken:
    case Outcome::closed_before_answer: return count_error(&LoadErrors::protocol, request, std::string(problem));
    case Outcome::answered: break;
  }
  count_delay(request);
  if (status >= 300) {
    const auto error = status >= 500 ? &LoadErrors::status_5xx : status >= 400 ? &LoadErrors::status_4xx : &LoadErrors::status_3xx;
    return count_error(error, request, fmt::format("status {}", status));
  }
  if (!request.measured) return;
  const SteadyTime now = std::chrono::steady_clock::now();
  last_answer_ = now;
  report_.uncorrected.record(nanoseconds(now - request.sent));
  report_.latency.record(nanoseconds(now - (request.waited ? request.intended : request.sent)));
}

void Runner::count_delay(const Request& request) {
  if (!is_open_loop() || request.waited || !request.measured) return;
  const auto delay = request.sent - request.intended;
  report_.send_delay.record(nanoseconds(delay));
  report_.sent_late += delay > k_late ? 1 : 0;
}

void Runner::count_error(uint64_t LoadErrors::* error, const Request& request, std::string problem) {
  if (report_.first_error.empty()) report_.first_error = std::move(problem);
  if (request.measured) {
    ++(report_.errors.*error);
  } else {
    ++report_.warmup_errors;
  }
}

void Runner::set_timer(SteadyTime at) {
  // 0 would switch it off.
  const auto since_boot = std::max(std::chrono::nanoseconds(1), std::chrono::duration_cast<std::chrono::nanoseconds>(at.time_since_epoch()));
  itimerspec time{};
  time.it_value.tv_sec = static_cast<time_t>(since_boot.count() / 1'000'000'000);
  time.it_value.tv_nsec = static_cast<long>(since_boot.count() % 1'000'000'000);
  timerfd_settime(timer_.get(), TFD_TIMER_ABSTIME, &time, nullptr);
}

void Runner::stop_if_done() {
  if (in_flight_ == 0 && std::chrono::steady_clock::now() >= end_) loop_.stop();
}

void Runner::judge_generator(double wall_seconds) {
  const double busy = report_.cpu_seconds / wall_seconds;
  if (busy > k_busy_share) {
    report_.generator_limited = fmt::format("the generator used {:.0f} % of one core", 100 * busy);
    return;
  }
  const uint64_t counted = report_.send_delay.count();
  const double late = counted == 0 ? 0 : static_cast<double>(report_.sent_late) / static_cast<double>(counted);
  if (late > k_late_share) {
    report_.generator_limited = fmt::format("{:.1f} % of the requests left over 1 ms late, at most {:.1f} ms: the machine is busy", 100 * late,
                                            static_cast<double>(report_.send_delay.max()) / 1e6);
  }
}

}  // namespace mops::load
