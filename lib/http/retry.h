#pragma once

#include "base/clock.h"
#include "base/random.h"
#include "http/transport.h"

#include <functional>

namespace mops::http {

struct RetryPolicy {
  int attempts = 4;                                ///< in all
  std::chrono::milliseconds first_wait{200};       ///< doubles from one attempt to the next
  std::chrono::milliseconds longest_wait{10'000};  ///< also the longest Retry-After that is honoured
};

/// Waits that long; false when `stop` was asked for before. The real one is `wait_for`.
using Wait = std::function<bool(std::chrono::milliseconds, const std::stop_token&)>;
bool wait_for(std::chrono::milliseconds time, const std::stop_token& stop);

/// Sends again what may be sent twice (GET, HEAD, PUT, DELETE, OPTIONS) when nobody answered for a transient reason, or the
/// answer was 429, 502, 503 or 504. Waits with exponential back-off of which a random half is taken away, or as long as
/// Retry-After says; a longer Retry-After than the policy allows gives the answer back as it is. The last answer or error
/// stands. Threads: as `inner` and `random`.
class RetryTransport final : public Transport {
 public:
  RetryTransport(Transport& inner, Clock& clock, Random& random, RetryPolicy policy = {}, Wait wait = wait_for)
      : inner_(inner), clock_(clock), random_(random), policy_(policy), wait_(std::move(wait)) {}

  Result<Response> send(const Request& request, std::stop_token stop) override;

 private:
  std::chrono::milliseconds jittered(std::chrono::milliseconds wait);

  Transport& inner_;
  Clock& clock_;
  Random& random_;
  RetryPolicy policy_;
  Wait wait_;
};

/// Retry-After (RFC 9110, 10.2.3) as a time from `now`: seconds, or an HTTP date. nullopt: it is neither.
std::optional<std::chrono::milliseconds> parse_retry_after(std::string_view text, SystemTime now);

}  // namespace mops::http
