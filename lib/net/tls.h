#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "net/io_result.h"

#include <memory>
#include <span>
#include <string_view>

namespace mops::net {

class TlsConnection;

/// What a server proves who it is with (TLS 1.2 and 1.3). Immutable; connections keep theirs alive, so it can be replaced.
/// The process must ignore SIGPIPE.
class TlsContext {
 public:
  /// PEM texts: the certificate, then those that lead to a root; and its key, without a password. Error: invalid, also for a
  /// certificate that is not valid at `now`.
  static Result<std::shared_ptr<const TlsContext>> make(std::string_view chain, std::string_view key, SystemTime now);
  ~TlsContext();

 private:
  friend class TlsConnection;
  struct Native;
  explicit TlsContext(std::unique_ptr<Native> native);
  std::unique_ptr<Native> native_;
};

/// The server's end of one connection over a socket that it does not own.
class TlsConnection {
 public:
  TlsConnection(std::shared_ptr<const TlsContext> context, int fd);
  ~TlsConnection();

  /// `done`: bytes can go over; `blocked`: again when the socket is ready.
  IoState handshake();
  /// The handshake failed since the client speaks plain HTTP.
  [[nodiscard]] bool met_plain_http() const { return met_plain_http_; }
  IoResult read(std::span<char> into);
  /// May take a part; `blocked` then.
  IoResult write(std::string_view bytes);
  /// Tells the peer that nothing more comes. Best effort.
  void say_goodbye();

  /// What the last `read` or `write` waits for the other direction of the socket for.
  [[nodiscard]] bool read_waits_for_writing() const { return read_waits_for_writing_; }
  [[nodiscard]] bool write_waits_for_reading() const { return write_waits_for_reading_; }

 private:
  struct Native;
  std::shared_ptr<const TlsContext> context_;
  std::unique_ptr<Native> native_;
  bool broken_ = false;
  bool met_plain_http_ = false;
  bool read_waits_for_writing_ = false;
  bool write_waits_for_reading_ = false;
};

}  // namespace mops::net
