#pragma once

#include "base/result.h"
#include "gateway/counters.h"
#include "gateway/exchange.h"
#include "gateway/recorder.h"
#include "gateway/route.h"
#include "net/address.h"
#include "net/http1.h"
#include "net/listener.h"

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

namespace mops::net {
class TlsContext;
}

namespace mops::gateway {

struct GatewayOptions {
  size_t threads = 1;
  ExchangeOptions exchange = {};
  size_t max_connections = 20'000;  ///< of clients; further ones are closed at once
  /// What clients are served by TLS with; null: plain.
  std::shared_ptr<const net::TlsContext> tls = {};
  net::HeadLimits head = {};
  uint64_t max_body = 1024 * 1024 * 1024;  ///< of a request
  size_t max_kept_body = 256 * 1024;
  size_t max_kept_total = 256 * 1024 * 1024;  ///< of all requests of one thread together; beyond it bodies are streamed
  std::chrono::milliseconds idle_timeout = std::chrono::seconds(75);   ///< a client between two requests
  std::chrono::milliseconds handshake_timeout = std::chrono::seconds(5);  ///< of TLS, from the connection on
  std::chrono::milliseconds head_timeout = std::chrono::seconds(10);   ///< first to last byte of a head
  std::chrono::milliseconds body_timeout = std::chrono::seconds(30);   ///< a body that is kept, from first to last byte
  std::chrono::milliseconds request_timeout = std::chrono::seconds(300);  ///< one exchange, whatever moves meanwhile
  std::chrono::milliseconds upstream_idle_timeout = std::chrono::seconds(30);
  size_t max_idle_upstreams = 64;  ///< per endpoint and thread
  RecordOptions record = {};
};

/// The data plane: an HTTP/1.1 proxy in front of the versions of many models, by an immutable route table that can be
/// replaced at any time. Paths of the Open Inference Protocol v2 pass through untouched; `/v2`, `/v2/health/live`,
/// `/v2/health/ready` (a table was given, and not draining) and `/metrics` are answered here. Every answer carries
/// `X-Request-Id`, and `x-mops-served-by` when a version gave it. Errors of the gateway itself are `{"error": …}`.
///
/// A request takes its route when all of its body is here (or begins to be streamed) and keeps it: a swap never touches
/// requests in flight. Requests are sent twice only as exchange.h says; bodies above `max_kept_body` never are.
/// All functions can be called from any thread but the gateway's own.
class Gateway {
 public:
  /// TCP or Unix socket; port 0 takes a free one. Errors: outside, also when the folder of the record cannot be written to.
  static Result<std::unique_ptr<Gateway>> start(const net::Address& address, GatewayOptions options = {});
  /// The same on a socket that listens already: one that another gateway shares, or has handed over.
  static Result<std::unique_ptr<Gateway>> start(net::ListeningSocket socket, GatewayOptions options = {});
  /// Stops at once.
  ~Gateway();

  /// With the real port.
  [[nodiscard]] const net::Address& address() const;
  /// Not after `stop` or `leave`: they close it.
  [[nodiscard]] const net::ListeningSocket& socket() const;

  /// Every request whose route is taken after the return goes by `table`. Errors: usage (see `validate`), outside (unknown
  /// host); then nothing has changed.
  Result<void> swap(RouteTable table);

  /// Connections from now on are served with this; requires that there was one from the start.
  void use_certificate(std::shared_ptr<const net::TlsContext> tls);

  [[nodiscard]] GatewayStats stats() const;
  /// Those of one version alone, at the cost of one; zeros when it never was on a route.
  [[nodiscard]] VersionStats stats_of(const std::string& model, const std::string& payload) const;

  /// Waits until nothing of this payload is in flight; meant for payloads that get no new requests. False: deadline.
  bool wait_drained(const std::string& payload, std::chrono::milliseconds deadline);

  /// Accepts no more connections, finishes what is in flight, closes idle connections. False: the deadline came first, and
  /// what was left is cut off. Afterwards the gateway is over.
  bool stop(std::chrono::milliseconds deadline);
  /// The same when another gateway accepts on the same socket: idle connections are kept for `k_idle_grace`, so that their next
  /// request is answered and not met by a close; its answer says that the connection ends. Health stays ready.
  bool leave(std::chrono::milliseconds deadline);
  static constexpr std::chrono::milliseconds k_idle_grace{5000};

 private:
  struct Impl;
  explicit Gateway(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace mops::gateway
