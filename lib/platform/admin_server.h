#pragma once

#include "net/http_server.h"
#include "platform/platform.h"

#include <memory>

namespace mops::platform {

/// The admin API `/mops/v1` of a platform on its Unix socket (0600). GET status, journal, operations/ID; POST plans, switches,
/// acknowledgements, stop; DELETE operations/ID. Errors are answered as `{"error", "code", "causes", "help"}`. Stops when destroyed; the platform
/// must outlive it.
class AdminServer {
 public:
  static Result<std::unique_ptr<AdminServer>> start(Platform& platform, const Path& socket);
  ~AdminServer();

 private:
  class Api;
  explicit AdminServer(std::unique_ptr<Api> api);
  std::unique_ptr<Api> api_;
};

}  // namespace mops::platform
