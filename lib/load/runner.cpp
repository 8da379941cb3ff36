#include "load/runner.h"

#include "load/generator_usage.h"

#include <algorithm>

namespace mops::load {
namespace {

/// Closed loop: a client whose request failed comes back so much later instead of spinning.
constexpr std::chrono::milliseconds k_rest_after_failure{10};
constexpr std::chrono::milliseconds k_observation{200};

double seconds(std::chrono::nanoseconds time) { return static_cast<double>(time.count()) / 1e9; }

}  // namespace

Runner::Runner(const LoadPlan& plan, const std::vector<std::string>& messages, net::SocketAddress address, net::Loop& loop, const LoadObserver& observer)
    : plan_(plan),
      messages_(messages),
      address_(address),
      loop_(loop),
      observer_(observer),
      observation_([this] { observe(); }),
      begin_(std::chrono::steady_clock::now()),
      measured_from_(begin_ + plan.warmup),
      end_(measured_from_ + plan.duration),
      tally_(measured_from_),
      backlog_(Schedule(plan.rate_per_second.value_or(1), plan.arrivals, plan.seed), begin_),
      ready_clients_(is_open_loop() ? 0 : plan.connections) {
  connections_.reserve(plan_.connections);
  idle_.reserve(plan_.connections);
}

Result<LoadReport> Runner::run() {
  const GeneratorUsage before = GeneratorUsage::of_this_thread();
  loop_.set_alarm(begin_, *this);
  if (observer_) loop_.arm(observation_, k_observation);
  loop_.run();
  loop_.clear_alarm();
  const SteadyTime finished = std::chrono::steady_clock::now();
  const GeneratorUsage used = GeneratorUsage::of_this_thread() - before;
  idle_.clear();
  connections_.clear();
  if (fatal_) return tl::unexpected<Error>(std::move(*fatal_));
  LoadReport report = tally_.take();
  report.interrupted = !complete_;
  report.cpu_seconds = used.cpu_seconds;
  const SteadyTime measured_to = complete_ ? std::max(tally_.last_answer(), end_) : std::max(finished, measured_from_);
  report.seconds = seconds(measured_to - measured_from_);
  report.throughput = report.seconds > 0 ? static_cast<double>(report.latency.count()) / report.seconds : 0;
  report.generator_limited = limit_of_generator(report, used, seconds(finished - begin_));
  return report;
}

void Runner::on_alarm() {
  const SteadyTime now = std::chrono::steady_clock::now();
  if (is_open_loop()) {
    admit(now);
    expire(now);
  } else if (resting_clients_ > 0 && now >= rest_until_) {
    ready_clients_ += std::exchange(resting_clients_, 0);
  }
  dispatch(now);
  backlog_.settle();
  set_alarm(now);
  stop_if_done(now);
}

/// Those that are due join the backlog. One that we look at late is excused if a connection could have been had at its time.
void Runner::admit(SteadyTime now) {
  const SteadyTime free_since = connections_.size() < plan_.connections ? SteadyTime::min() : idle_.empty() ? SteadyTime::max() : idle_.front()->idle_since;
  for (SteadyTime intended = backlog_.next_arrival(); intended <= now && intended < end_; intended = backlog_.next_arrival()) {
    if (intended >= measured_from_) tally_.arrived(now - intended);
    if (now - intended > Backlog::k_excuse && free_since <= intended) {
      backlog_.arrive_excused(now);
    } else {
      backlog_.arrive();
    }
  }
}

void Runner::expire(SteadyTime now) {
  while (!backlog_.empty() && now - backlog_.front().counts_from >= plan_.timeout) fail_pending(Failure::timed_out, "no connection was free in time", now);
}

uint64_t Runner::pending(SteadyTime now) const {
  if (fatal_) return 0;
  return repeats_.size() + backlog_.size() + (now < end_ ? ready_clients_ : 0);
}

Request Runner::take_pending(SteadyTime now) {
  if (!repeats_.empty()) {
    const Request again = repeats_.back();
    repeats_.pop_back();
    return again;
  }
  Request request{.body = static_cast<size_t>(started_++ % messages_.size()), .intended = now, .counts_from = now, .sent = now};
  if (is_open_loop()) {
    const Backlog::Entry entry = backlog_.front();
    request.intended = entry.intended;
    const bool was_free = connections_.size() < plan_.connections || (!idle_.empty() && idle_.front()->idle_since <= entry.intended);
    if (entry.waited || !was_free) request.counts_from = entry.counts_from;
    backlog_.pop();
  } else {
    --ready_clients_;
  }
  request.measured = request.intended >= measured_from_;
  return request;
}

void Runner::dispatch(SteadyTime now) {
  // A connection can fail at once and call back; the loop that is running goes on with the next request.
  if (std::exchange(dispatching_, true)) return;
  for (uint64_t waiting = pending(now); waiting > 0; waiting = pending(now)) {
    if (!idle_.empty()) {
      send_next(now);
      // Each send takes microseconds.
      if (pending(now) > 0) now = std::chrono::steady_clock::now();
    } else if (connecting_ < waiting && connections_.size() < plan_.connections) {
      connect(now);
    } else {
      break;
    }
  }
  dispatching_ = false;
}

void Runner::send_next(SteadyTime now) {
  Request request = take_pending(now);
  Connection& connection = *idle_.back();
  idle_.pop_back();
  ++in_flight_;
  request.sent = now;
  const auto left = plan_.timeout - std::chrono::floor<std::chrono::milliseconds>(now - request.counts_from);
  connection.send(request, messages_[request.body], std::max(left, std::chrono::milliseconds(1)));
}

void Runner::connect(SteadyTime now) {
  connections_.push_back(std::make_unique<Connection>(loop_, *this, plan_.method == "HEAD" ? net::AnswerTo::head : net::AnswerTo::other,
                                                      is_open_loop() ? ArrivalTime::stamped : ArrivalTime::read));
  Connection& connection = *connections_.back();
  connection.index = connections_.size() - 1;
  ++connecting_;
  tally_.connecting();
  if (const auto opened = connection.open(address_, plan_.timeout); !opened) {
    --connecting_;
    release(connection);
    fail_pending(Failure::connect_failed, opened.error().message, now);
  }
}

void Runner::on_connected(Connection& connection) {
  const SteadyTime now = std::chrono::steady_clock::now();
  --connecting_;
  connection.idle_since = now;
  idle_.push_back(&connection);
  dispatch(now);
}

void Runner::on_connect_failed(Connection& connection, Failure failure, std::string_view problem) {
  const SteadyTime now = std::chrono::steady_clock::now();
  --connecting_;
  release(connection);
  // Open loop: whoever waited as long as the connection did expires by itself.
  if (failure == Failure::connect_failed || !is_open_loop()) fail_pending(failure, problem, now);
  dispatch(now);
  stop_if_done(now);
}

/// The one that waits longest is the one that the failure is about.
void Runner::fail_pending(Failure failure, std::string_view problem, SteadyTime now) {
  if (pending(now) > 0) fail(take_pending(now), failure, problem, now);
}

void Runner::fail(const Request& request, Failure failure, std::string_view problem, SteadyTime now) {
  tally_.failed(request, failure, problem);
  if (!tally_.is_answered() && failure != Failure::timed_out && !fatal_) {
    fatal_ = unanswered(problem);
    loop_.stop();
  }
  if (is_open_loop()) return;
  if (resting_clients_++ == 0) rest_until_ = now + k_rest_after_failure;
  set_alarm(now);
}

void Runner::on_answer(Connection& connection, const Request& request, int status, SteadyTime arrived) {
  const SteadyTime now = is_open_loop() ? std::chrono::steady_clock::now() : arrived;
  --in_flight_;
  if (connection.is_open()) {
    connection.idle_since = arrived;
    idle_.push_back(&connection);
  } else {
    release(connection);
  }
  tally_.answered(request, status, arrived);
  if (!is_open_loop()) ++ready_clients_;
  dispatch(now);
  stop_if_done(now);
}

void Runner::on_failure(Connection& connection, const Request& request, Failure failure, std::string_view problem) {
  const SteadyTime now = std::chrono::steady_clock::now();
  --in_flight_;
  release(connection);
  if (failure == Failure::closed_before_answer && !request.repeated) {
    tally_.reconnected();
    repeats_.push_back(request);
    repeats_.back().repeated = true;
  } else {
    fail(request, failure, problem, now);
  }
  dispatch(now);
  stop_if_done(now);
}

void Runner::on_idle_close(Connection& connection) {
  std::erase(idle_, &connection);
  release(connection);
}

void Runner::release(Connection& connection) {
  const size_t index = connection.index;
  std::swap(connections_[index], connections_.back());
  connections_[index]->index = index;
  // It is still on the call stack.
  loop_.retire(std::move(connections_.back()));
  connections_.pop_back();
}

void Runner::set_alarm(SteadyTime now) {
  std::optional<SteadyTime> at;
  const auto consider = [&](SteadyTime time) { at = at ? std::min(*at, time) : time; };
  if (is_open_loop()) {
    if (backlog_.next_arrival() < end_) consider(backlog_.next_arrival());
    if (!backlog_.empty()) consider(backlog_.front().counts_from + plan_.timeout);
    if (now < end_) consider(end_);
  } else if (resting_clients_ > 0) {
    consider(rest_until_);
  }
  if (at) loop_.set_alarm(*at, *this);
}

void Runner::stop_if_done(SteadyTime now) {
  if (now < end_ || in_flight_ > 0 || pending(now) > 0 || fatal_) return;
  if (is_open_loop() && backlog_.next_arrival() < end_) return;
  if (!tally_.is_answered()) fatal_ = unanswered(tally_.so_far().first_error);
  complete_ = true;
  loop_.stop();
}

void Runner::observe() {
  observer_(std::chrono::steady_clock::now() - begin_, tally_.so_far());
  loop_.arm(observation_, k_observation);
}

Error Runner::unanswered(std::string_view problem) const {
  return {.code = ErrorCode::outside,
          .message = fmt::format("no answer from {}: {}", net::Address::tcp(plan_.host, plan_.port).text(), problem),
          .help = "see that a server runs there, and that it speaks HTTP/1.1 without TLS"};
}

}  // namespace mops::load
