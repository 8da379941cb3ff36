#pragma once

#include "base/result.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

struct sockaddr;

namespace mops::net {

/// Where to listen or what to dial: a TCP host and port, or the path of a Unix socket.
struct Address {
  std::string host = {};
  uint16_t port = 0;
  std::string unix_path = {};

  static Address tcp(std::string host, uint16_t port) { return {.host = std::move(host), .port = port}; }
  static Address unix_socket(std::string path) { return {.unix_path = std::move(path)}; }
  /// `127.0.0.1:8080`, `[::1]:8080`, `:8080` (all interfaces), `unix:PATH`. Error: usage.
  static Result<Address> parse(std::string_view text);

  [[nodiscard]] bool is_unix() const { return !unix_path.empty(); }
  /// As `parse` reads it.
  [[nodiscard]] std::string text() const;

  friend bool operator==(const Address&, const Address&) = default;
};

/// An address as the kernel takes it. Plain bytes: copying is cheap.
class SocketAddress {
 public:
  /// Numeric hosts at once; names are looked up, which can block. Errors: usage (path too long), outside (unknown name).
  static Result<SocketAddress> resolve(const Address& address);

  [[nodiscard]] const sockaddr* data() const { return reinterpret_cast<const sockaddr*>(bytes_); }
  [[nodiscard]] unsigned size() const { return size_; }
  [[nodiscard]] int family() const;

 private:
  alignas(8) unsigned char bytes_[128] = {};
  unsigned size_ = 0;
};

}  // namespace mops::net
