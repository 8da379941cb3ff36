#pragma once

#include "base/clock.h"
#include "base/file_descriptor.h"
#include "base/result.h"
#include "net/address.h"
#include "net/buffer.h"
#include "net/io_result.h"
#include "net/loop.h"

#include <memory>
#include <optional>
#include <string_view>

namespace mops::net {

class TlsConnection;
class TlsContext;

/// A connected socket (TCP or Unix) that never blocks, with what epoll said about it last; with TLS over it when it is given
/// a context.
/// Broken pipes are results, never SIGPIPE (MSG_NOSIGNAL).
class Stream {
 public:
  Stream();
  explicit Stream(FileDescriptor fd);
  Stream(Stream&&) noexcept;
  Stream& operator=(Stream&&) noexcept;
  ~Stream();

  /// Before the first byte, as the server: bytes go over once `handshake` is `done`.
  void start_tls(std::shared_ptr<const TlsContext> context);
  [[nodiscard]] bool has_tls() const { return tls_ != nullptr; }
  /// A step of it; `blocked`: again when the socket is ready.
  IoState handshake();
  /// After a handshake that failed, if the client speaks plain HTTP: so does the stream from now on, to tell it.
  bool fall_back_to_plain_http();

  /// Starts to connect; ready for writing when done, see `connect_error`. Error: outside, at once.
  static Result<Stream> connect(const SocketAddress& address);

  explicit operator bool() const { return static_cast<bool>(fd_); }
  [[nodiscard]] int fd() const { return fd_.get(); }

  /// Remembers; call it first in `on_ready`.
  void note(Readiness ready);
  [[nodiscard]] bool readable() const { return readable_; }
  [[nodiscard]] bool writable() const { return writable_; }
  [[nodiscard]] bool hung_up() const { return hung_up_; }
  [[nodiscard]] bool failed() const { return failed_; }

  /// One read of at most the room in one block. Without TLS a short read means that the socket is empty (and
  /// clears `readable`).
  IoResult read(Buffer& into) { return read(into, nullptr); }
  /// The same, and when the last byte came to this machine, by the kernel's time stamp: long before now if this thread had no
  /// core. The present time where the kernel does not tell. Call `stamp_arrivals` beforehand, once.
  IoResult read(Buffer& into, SteadyTime& arrived) { return read(into, &arrived); }
  void stamp_arrivals();
  /// Reads and forgets.
  IoResult read_and_drop();
  /// Writes `first`, then `second`, in one system call.
  IoResult write(std::string_view first, std::string_view second = {});
  /// SO_ERROR: 0 when the connection stands.
  [[nodiscard]] int connect_error() const;
  /// Bytes of ours that the peer's kernel has acknowledged; nullopt where that is not known (Unix sockets).
  [[nodiscard]] std::optional<uint64_t> acknowledged() const;
  void shutdown_writing();
  /// The next close sends RST, so that nobody mistakes a torn answer for a whole one.
  void reset_on_close();
  void close() { fd_.reset(); }

 private:
  IoResult read(Buffer& into, SteadyTime* arrived);

  FileDescriptor fd_;
  std::unique_ptr<TlsConnection> tls_;
  bool readable_ = false;
  bool writable_ = false;
  bool hung_up_ = false;
  bool failed_ = false;
};

}  // namespace mops::net
