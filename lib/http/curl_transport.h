#pragma once

#include "http/transport.h"

#include <memory>

namespace mops::http {

struct CurlOptions {
  std::string certificate_bundle = {};  ///< file with the trusted roots; empty: the system's
  std::string user_agent = {};          ///< empty: `mops/VERSION`
};

/// The real transport. libcurl is loaded at the first `send`; without it every `send` is an Error that says what to install.
/// Connections are kept and used again. Proxies come from the usual process variables, but loopback addresses and Unix
/// sockets are always dialled directly. Threads: `send` may be called from several at once.
class CurlTransport final : public Transport {
 public:
  explicit CurlTransport(CurlOptions options = {});
  ~CurlTransport() override;

  Result<Response> send(const Request& request, std::stop_token stop) override;

 private:
  class Pool;
  CurlOptions options_;
  std::unique_ptr<Pool> pool_;
};

}  // namespace mops::http
