#pragma once

#include "base/result.h"
#include "net/address.h"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mops::net {

struct HttpRequest {
  std::string method;
  std::string path;   ///< percent-decoded, without the query
  std::string query;  ///< as sent, without `?`
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::optional<uint32_t> peer_uid = {};  ///< of a client on a Unix socket, as the kernel says

  /// First header of that name (any case); empty if there is none.
  [[nodiscard]] std::string_view header(std::string_view name) const;
  /// Percent-decoded value of `name=value` in the query; empty if there is none.
  [[nodiscard]] std::string parameter(std::string_view name) const;
};

struct HttpResponse {
  int status = 200;
  std::string body = {};
  std::string content_type = "application/json";
  std::vector<std::pair<std::string, std::string>> headers = {};
};

/// The right to answer one request, once, from any thread, now or later. Copies share it. When the last copy goes without
/// an answer the client gets 500; answers to clients that have gone, or after the server stopped, are dropped.
class HttpResponder {
 public:
  void respond(HttpResponse response) const;

 private:
  friend class HttpServer;
  struct State;
  explicit HttpResponder(std::shared_ptr<State> state) : state_(std::move(state)) {}
  std::shared_ptr<State> state_;
};

struct HttpServerOptions {
  size_t max_body_bytes = 16 * 1024 * 1024;
  size_t max_connections = 256;
  std::chrono::milliseconds idle_timeout = std::chrono::seconds(60);     ///< between requests
  std::chrono::milliseconds request_timeout = std::chrono::seconds(30);  ///< first byte to last byte of a request
};

/// A small HTTP/1.1 server with one thread of its own: for the admin API and pages, not for the data plane. One request
/// of a connection is in the handler's hands at a time.
class HttpServer {
 public:
  /// Called on the server's thread; long work belongs to another one, which keeps the responder.
  using Handler = std::function<void(const HttpRequest&, const HttpResponder&)>;

  static Result<std::unique_ptr<HttpServer>> start(const Address& address, Handler handler, HttpServerOptions options = {});
  /// Stops.
  ~HttpServer();

  /// With the real port.
  [[nodiscard]] const Address& address() const;
  /// Closes everything; returns when the handler runs no more.
  void stop();

 private:
  struct Impl;
  class Connection;
  struct Mailbox;
  friend struct HttpResponder::State;
  explicit HttpServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace mops::net
