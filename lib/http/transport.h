#pragma once

#include "base/result.h"
#include "http/message.h"

#include <stop_token>

namespace mops::http {

/// Sends one whole message and waits for the whole answer: for registries, engines, admin sockets and probes, never for the
/// data plane. Implementations: CurlTransport; decorators RetryTransport and VerboseTransport; tests/fakes/scripted_transport.h.
/// Errors: usage (the request cannot be sent as it is), outside (nobody answered; `transient` says whether a later attempt may
/// succeed), interrupted (`stop` was asked for). Messages name the URL without its secrets.
class Transport {
 public:
  virtual ~Transport() = default;
  virtual Result<Response> send(const Request& request, std::stop_token stop) = 0;
};

}  // namespace mops::http
