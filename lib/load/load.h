#pragma once

#include "base/result.h"
#include "base/verdict.h"
#include "load/schedule.h"
#include "stats/histogram.h"

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
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
  /// request that finds all of them busy waits for the first that is free, and its waiting counts.
  uint32_t connections = 32;
  std::chrono::milliseconds warmup{0};                                ///< before `duration`; not measured, but counted
  std::chrono::milliseconds duration{10'000};
  std::chrono::milliseconds timeout{10'000};                          ///< of one request
};

/// Measured requests that failed, by what went wrong.
struct LoadErrors {
  uint64_t connect = 0;     ///< refused, unreachable, no file descriptor left
  uint64_t timeout = 0;     ///< also of those that waited as long for a connection
  uint64_t reset = 0;       ///< the connection ended before the answer, or inside of it
  uint64_t status_3xx = 0;
  uint64_t status_4xx = 0;
  uint64_t status_5xx = 0;
  uint64_t malformed = 0;   ///< an answer that is not HTTP/1.1

  [[nodiscard]] uint64_t all() const { return connect + timeout + reset + status_3xx + status_4xx + status_5xx + malformed; }
};

/// The classes by the names under which documents have them.
struct LoadErrorClass {
  std::string_view name;
  uint64_t LoadErrors::* count;
};
inline constexpr std::array<LoadErrorClass, 7> k_load_error_classes = {{{"connect", &LoadErrors::connect},
                                                                        {"timeout", &LoadErrors::timeout},
                                                                        {"reset", &LoadErrors::reset},
                                                                        {"malformed", &LoadErrors::malformed},
                                                                        {"3xx", &LoadErrors::status_3xx},
                                                                        {"4xx", &LoadErrors::status_4xx},
                                                                        {"5xx", &LoadErrors::status_5xx}}};

struct LoadReport {
  /// Nanoseconds of the answers with a 2xx status. `latency`: what a client that comes at its time has to wait. It counts
  /// from the intended start when no connection was free then, else from the actual send (our own late wake-up is not the
  /// server's; see `send_delay`), to the arrival of the answer's last byte: in an open loop by the kernel's time stamp, in a closed
  /// one when it is read. `uncorrected` counts from the actual send always: what closed-loop tools show.
  stats::FineHistogram latency;
  stats::FineHistogram uncorrected;
  uint64_t requests = 0;            ///< measured ones, answered or failed
  LoadErrors errors;
  std::string first_error;          ///< "connection refused", "status 503": of the first failed request, also in the warm-up
  uint64_t warmup_requests = 0;
  uint64_t warmup_errors = 0;
  uint64_t connections_opened = 0;  ///< also those that failed, and those of the warm-up
  uint64_t reconnects = 0;          ///< kept connections that the server closed at the moment of sending; sent once more
  double seconds = 0;               ///< from the end of the warm-up to the last answer
  double throughput = 0;            ///< answers with a 2xx status per second
  /// Open loop: how long after its intended start a request was looked at, in nanoseconds; late are those beyond 1 ms.
  stats::FineHistogram send_delay;
  uint64_t sent_late = 0;
  double cpu_seconds = 0;           ///< of the generator
  bool interrupted = false;         ///< by `stop`; what was on its way then is in no number
  /// Why the numbers say more about the generator than about the server, or nothing.
  std::optional<std::string> generator_limited;
};

/// PASSED: the numbers are what they say. WARNED: some requests failed, or a closed loop was limited by the generator, so that the
/// server may be able to do more. INCONCLUSIVE: interrupted, or the generator did not keep to its rate. FAILED: nothing was
/// answered with a 2xx status.
Verdict verdict_of(const LoadPlan& plan, const LoadReport& report);

/// Called a few times a second, on the thread of the load, with what was counted so far.
using LoadObserver = std::function<void(std::chrono::duration<double> since_begin, const LoadReport& so_far)>;

/// Sends the load from the calling thread and returns when the last answer is in or has timed out: at most warm-up,
/// duration and timeout later. Memory: the bodies, a block for each connection, and no more, however long it takes and however
/// many requests wait. Errors: usage (a plan that cannot be sent), outside (unknown host, no event loop; nobody listens, or what
/// listens does not speak HTTP: told at the first request, or at the end when nothing was ever answered).
Result<LoadReport> run_load(const LoadPlan& plan, std::stop_token stop = {}, const LoadObserver& observer = {});

}  // namespace mops::load
