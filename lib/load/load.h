#pragma once

#include "base/result.h"
#include "load/schedule.h"
#include "stats/histogram.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

namespace mops::load {

/// What to send, where, how often and for how long. HTTP/1.1 without TLS, connections are kept.
struct LoadPlan {
  std::string host = "127.0.0.1";
  uint16_t port = 0;
  std::string method = "POST";
  std::string path = "/";                                             ///< with its query
  std::vector<std::pair<std::string, std::string>> headers = {};      ///< beside Host, Content-Length, and Content-Type: application/json
  std::vector<std::string> bodies = {};                               ///< sent in turn; empty: requests without a body
  /// Open loop: requests start at these times, whatever the server does. Without it: closed loop, each connection sends its
  /// next request as soon as it has its answer.
  std::optional<double> rate_per_second = {};
  Arrivals arrivals = Arrivals::constant;
  uint64_t seed = 1;
  /// Closed loop: how many at once. Open loop: at most so many; opened when they are needed, the latest used first. A
  /// request that finds all of them busy waits, and its waiting counts.
  uint32_t connections = 32;
  std::chrono::milliseconds warmup{0};                                ///< before `duration`; not measured, but counted
  std::chrono::milliseconds duration{10'000};
  std::chrono::milliseconds timeout{10'000};                          ///< of one request
};

/// Measured requests that failed, by what went wrong.
struct LoadErrors {
  uint64_t connect = 0;     ///< refused, unreachable, no file descriptor left
  uint64_t timeout = 0;     ///< also of those that waited as long for a connection
  uint64_t status_3xx = 0;
  uint64_t status_4xx = 0;
  uint64_t status_5xx = 0;
  uint64_t protocol = 0;    ///< not HTTP, or the connection ended inside of an answer

  [[nodiscard]] uint64_t all() const { return connect + timeout + status_3xx + status_4xx + status_5xx + protocol; }
};

struct LoadReport {
  /// Nanoseconds of the answers with a 2xx status. `latency`: what a client that comes at its time has to wait. It counts
  /// from the intended start when no connection was free, else from the actual send (our own late wake-up is not the
  /// server's; see `send_delay`). `uncorrected` counts from the actual send always: what closed-loop tools show.
  stats::Histogram latency;
  stats::Histogram uncorrected;
  uint64_t requests = 0;            ///< measured ones, answered or failed
  LoadErrors errors;
  std::string first_error;          ///< "connection refused", "status 503": of the first failed request, also in the warm-up
  uint64_t warmup_requests = 0;
  uint64_t warmup_errors = 0;
  uint64_t reconnects = 0;          ///< kept connections that the server closed at the moment of sending; sent once more
  double seconds = 0;               ///< from the end of the warm-up to the last answer
  double throughput = 0;            ///< answers with a 2xx status per second
  /// Open loop: how late requests left though a connection was free, in nanoseconds; late are those beyond 1 ms.
  stats::Histogram send_delay;
  uint64_t sent_late = 0;
  double cpu_seconds = 0;           ///< of the generator
  /// Why the numbers say more about the generator than about the server, or nothing.
  std::optional<std::string> generator_limited;
};

/// Sends the load from the calling thread and returns when the last answer is in or has timed out: at most warm-up,
/// duration and timeout later. Errors: usage (a plan that cannot be sent), outside (unknown host, no event loop),
/// interrupted (`stop`).
Result<LoadReport> run_load(const LoadPlan& plan, std::stop_token stop = {});

}  // namespace mops::load
