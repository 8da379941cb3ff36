#pragma once

#include "net/http1.h"
#include "net/loop.h"
#include "net/stream.h"

#include <memory>
#include <vector>

namespace mops::gateway {

class Pool;

/// Whoever waits for an upstream connection at present.
class UpstreamUser {
 public:
  virtual ~UpstreamUser() = default;
  virtual void on_upstream() = 0;
};

/// One connection to an endpoint: idle in its pool, or at work for one user, who owns it then.
class Upstream final : public net::EventHandler {
 public:
  Upstream(net::Loop& loop, Pool& pool, net::Stream socket) : stream(std::move(socket)), in(loop.buffers()), loop_(loop), pool_(pool) {}
  ~Upstream() override;

  void on_ready(net::Readiness ready) override;

  /// The peer's kernel has acknowledged no byte of what was sent since the connection was last idle.
  [[nodiscard]] bool nothing_arrived() const;

  net::Stream stream;
  uint64_t sent = 0;  ///< in the life of the connection
  net::Buffer in;
  net::HeadParser head{net::Side::response};
  net::BodyDecoder body;
  UpstreamUser* user = nullptr;
  bool connected = false;

 private:
  friend class Pool;
  net::Loop& loop_;
  Pool& pool_;
  size_t place_ = 0;
  uint64_t sent_when_idle_ = 0;
  net::Timer idle_{[this] { retire(); }};
  void retire();
};

struct PoolOptions {
  size_t max_idle = 64;
  std::chrono::milliseconds idle_timeout = std::chrono::seconds(30);
};

/// The connections of one thread to one endpoint. Idle ones are used last in, first out, so that surplus ages and goes.
class Pool {
 public:
  Pool(net::Loop& loop, const net::SocketAddress& address, PoolOptions options) : loop_(loop), address_(address), options_(options) {}
  ~Pool() { close_idle(); }

  /// Null: none is idle.
  std::unique_ptr<Upstream> take(UpstreamUser& user);
  /// Null: failed at once. Otherwise `on_upstream` follows.
  std::unique_ptr<Upstream> connect(UpstreamUser& user);
  void give_back(std::unique_ptr<Upstream> upstream);
  void drop(std::unique_ptr<Upstream> upstream);
  void close_idle();

  size_t busy = 0;
  /// Route tables that name the endpoint.
  size_t tables = 0;

 private:
  friend class Upstream;
  std::unique_ptr<Upstream> remove_idle(size_t place);

  net::Loop& loop_;
  net::SocketAddress address_;
  PoolOptions options_;
  std::vector<std::unique_ptr<Upstream>> idle_;
};

}  // namespace mops::gateway
