#pragma once

#include "net/http1.h"
#include "net/loop.h"
#include "net/stream.h"

#include <string_view>

namespace mops::load {

/// One request on its way.
struct Request {
  size_t body = 0;
  SteadyTime intended;
  SteadyTime counts_from;   ///< where its latency begins
  SteadyTime sent;          ///< when its first byte was handed to the kernel
  bool measured = false;    ///< not of the warm-up
  bool repeated = false;    ///< the connection that it was sent on first had been closed
};

/// How a request can fail.
enum class Failure {
  connect_failed,
  timed_out,
  reset,                 ///< the connection ended before the answer or inside of it
  malformed,             ///< this is not HTTP/1.1
  closed_before_answer,  ///< by the server, on a connection that had been used before: perhaps it only grew old
};

/// What an answer's arrival is: the kernel's time stamp, or the moment at which we read it, which is cheaper.
enum class ArrivalTime { stamped, read };

class Connection;

/// Who gives requests to connections. May destroy a connection that is not open through Loop::retire only.
class ConnectionOwner {
 public:
  virtual ~ConnectionOwner() = default;
  virtual void on_connected(Connection& connection) = 0;
  virtual void on_connect_failed(Connection& connection, Failure failure, std::string_view problem) = 0;
  /// The request is over. The connection is usable again iff `connection.is_open()`.
  virtual void on_answer(Connection& connection, const Request& request, int status, SteadyTime arrived) = 0;
  virtual void on_failure(Connection& connection, const Request& request, Failure failure, std::string_view problem) = 0;
  /// A connection without a request was closed by the server.
  virtual void on_idle_close(Connection& connection) = 0;
};

/// One HTTP/1.1 connection of the client's side: one request at a time. Belongs to one loop's thread.
class Connection final : public net::EventHandler {
 public:
  Connection(net::Loop& loop, ConnectionOwner& owner, net::AnswerTo answer_to, ArrivalTime arrival_time);
  ~Connection() override;

  /// Starts to connect; `on_connected` or `on_connect_failed` follows. Error: it failed at once, and nothing follows.
  Result<void> open(const net::SocketAddress& address, std::chrono::milliseconds timeout);
  /// Requires that it is open and idle. `bytes` is borrowed until the outcome, which can come before this returns.
  void send(const Request& request, std::string_view bytes, std::chrono::milliseconds timeout);
  [[nodiscard]] bool is_open() const { return state_ == State::idle || state_ == State::busy; }
  void on_ready(net::Readiness ready) override;

  size_t index = 0;          ///< the owner's
  SteadyTime idle_since;     ///< the owner's: when its last answer had arrived

 private:
  enum class State { closed, connecting, idle, busy };

  void on_deadline();
  void finish_connect();
  void write();
  void read();
  /// False: the request is over, or more bytes are needed.
  bool read_head();
  bool read_body();
  void answer();
  void fail(Failure failure, std::string_view problem);
  void on_end_of_stream(net::IoState state);
  void close();

  net::Loop& loop_;
  ConnectionOwner& owner_;
  net::AnswerTo answer_to_;
  ArrivalTime arrival_time_;
  net::Stream stream_;
  net::Buffer input_;
  net::HeadParser head_{net::Side::response};
  net::BodyDecoder body_;
  net::Timer deadline_;
  State state_ = State::closed;
  Request request_;
  std::string_view unsent_;
  bool head_done_ = false;
  bool anything_received_ = false;
  bool used_before_ = false;
  bool keep_ = false;
  int status_ = 0;
  SteadyTime arrived_;
};

}  // namespace mops::load
