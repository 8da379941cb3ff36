#pragma once

#include "load/backlog.h"
#include "load/connection.h"
#include "load/load.h"
#include "load/tally.h"

#include <memory>
#include <vector>

namespace mops::load {

/// Carries out one plan on one loop. Used once.
class Runner final : public net::AlarmHandler, public ConnectionOwner {
 public:
  Runner(const LoadPlan& plan, const std::vector<std::string>& messages, net::SocketAddress address, net::Loop& loop, const LoadObserver& observer);

  /// Returns when all is done, or the loop was stopped from outside.
  Result<LoadReport> run();
  /// Requests are due, or the time of one that waits is over.
  void on_alarm() override;
  void on_connected(Connection& connection) override;
  void on_connect_failed(Connection& connection, Failure failure, std::string_view problem) override;
  void on_answer(Connection& connection, const Request& request, int status, SteadyTime arrived) override;
  void on_failure(Connection& connection, const Request& request, Failure failure, std::string_view problem) override;
  void on_idle_close(Connection& connection) override;

 private:
  [[nodiscard]] bool is_open_loop() const { return plan_.rate_per_second.has_value(); }
  void admit(SteadyTime now);
  void expire(SteadyTime now);
  [[nodiscard]] uint64_t pending(SteadyTime now) const;
  Request take_pending(SteadyTime now);
  void dispatch(SteadyTime now);
  void send_next(SteadyTime now);
  void connect(SteadyTime now);
  void fail_pending(Failure failure, std::string_view problem, SteadyTime now);
  void fail(const Request& request, Failure failure, std::string_view problem, SteadyTime now);
  void release(Connection& connection);
  void set_alarm(SteadyTime now);
  void stop_if_done(SteadyTime now);
  void observe();
  [[nodiscard]] Error unanswered(std::string_view problem) const;

  const LoadPlan& plan_;
  const std::vector<std::string>& messages_;
  net::SocketAddress address_;
  net::Loop& loop_;
  const LoadObserver& observer_;
  net::Timer observation_;
  SteadyTime begin_;
  SteadyTime measured_from_;
  SteadyTime end_;
  Tally tally_;
  Backlog backlog_;                  ///< open loop
  uint64_t ready_clients_ = 0;       ///< closed loop: those that would send if they had a connection
  uint64_t resting_clients_ = 0;     ///< closed loop: their request failed; they go on at `rest_until_`
  SteadyTime rest_until_;
  std::vector<Request> repeats_;     ///< the connection was closed under them; they go first
  std::vector<std::unique_ptr<Connection>> connections_;
  std::vector<Connection*> idle_;    ///< the latest used one is last, the one that is idle longest first
  uint64_t connecting_ = 0;
  uint64_t in_flight_ = 0;
  uint64_t started_ = 0;
  bool dispatching_ = false;
  bool complete_ = false;
  std::optional<Error> fatal_;
};

}  // namespace mops::load
