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
  SteadyTime sent;          ///< when its first byte was handed to the kernel
  bool waited = false;      ///< no connection was free at its start
  bool measured = false;    ///< not of the warm-up
  bool repeated = false;    ///< the connection that it was sent on first had been closed
};

enum class Outcome { answered, connect_failed, timed_out, broken, closed_before_answer };

class Connection;

/// Who gives requests to connections.
class ConnectionOwner {
 public:
  virtual ~ConnectionOwner() = default;
  /// The request is over. `status` for `answered`. The connection is usable again iff `connection.is_open()`.
  virtual void on_outcome(Connection& connection, const Request& request, Outcome outcome, int status, std::string_view problem) = 0;
  /// A connection without a request was closed by the server.
  virtual void on_idle_close(Connection& connection) = 0;
};

/// One HTTP/1.1 connection of the client's side: one request at a time. Belongs to one loop's thread.
class Connection final : public net::EventHandler {
 public:
  Connection(net::Loop& loop, ConnectionOwner& owner);
  ~Connection() override;

  /// Starts to connect and sends the request then. `bytes` is borrowed until its outcome. The deadline counts from now.
  void open(const net::SocketAddress& address, const Request& request, std::string_view bytes, std::chrono::milliseconds timeout);
  /// The same on a connection that is open and idle.
  void send(const Request& request, std::string_view bytes, std::chrono::milliseconds timeout);
  [[nodiscard]] bool is_open() const { return state_ == State::idle || state_ == State::busy; }
  void on_ready(net::Readiness ready) override;

  size_t index = 0;  ///< the owner's

 private:
  enum class State { closed, connecting, idle, busy };

  void write();
  void read();
  /// False: the request is over, or more bytes are needed.
  bool read_head();
  bool read_body();
  void end(Outcome outcome, std::string_view problem = {});
  void on_end_of_stream(net::IoState state);
  void close();

  net::Loop& loop_;
  ConnectionOwner& owner_;
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
};

}  // namespace mops::load
