#pragma once

#include "load/connection.h"
#include "load/load.h"

#include <deque>
#include <memory>
#include <vector>

namespace mops::load {

/// Carries out one plan on one loop. Used once.
class Runner final : public net::EventHandler, public ConnectionOwner {
 public:
  Runner(const LoadPlan& plan, std::vector<std::string> messages, net::SocketAddress address, net::Loop& loop, FileDescriptor timer);

  /// Returns when all is done or the loop was stopped.
  Result<LoadReport> run();
  /// The timer: requests are due.
  void on_ready(net::Readiness ready) override;
  void on_outcome(Connection& connection, const Request& request, Outcome outcome, int status, std::string_view problem) override;
  void on_idle_close(Connection& connection) override;

 private:
  void start_due();
  void start(SteadyTime intended, SteadyTime now);
  void dispatch(Request request, SteadyTime now);
  void dispatch_waiting();
  void count(const Request& request, Outcome outcome, int status, std::string_view problem);
  void count_delay(const Request& request);
  void count_error(uint64_t LoadErrors::* error, const Request& request, std::string problem);
  void slot_is_free(Outcome outcome);
  void release(Connection& connection);
  void remove_idle(Connection& connection);
  void set_timer(SteadyTime at);
  void stop_if_done();
  [[nodiscard]] bool is_open_loop() const { return plan_.rate_per_second.has_value(); }
  void judge_generator(double wall_seconds);

  const LoadPlan& plan_;
  std::vector<std::string> messages_;
  net::SocketAddress address_;
  net::Loop& loop_;
  FileDescriptor timer_;
  Schedule schedule_;
  SteadyTime begin_;
  SteadyTime measured_from_;
  SteadyTime end_;
  SteadyTime last_answer_;
  std::vector<std::unique_ptr<Connection>> connections_;
  std::vector<Connection*> idle_;   ///< the latest used one is last
  std::deque<Request> waiting_;     ///< no connection was free
  bool dispatching_ = false;
  uint64_t in_flight_ = 0;
  uint64_t started_ = 0;
  uint32_t slots_waiting_ = 0;      ///< closed loop: clients that start again with the next timer
  LoadReport report_;
};

}  // namespace mops::load
