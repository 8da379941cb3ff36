#pragma once

#include "base/clock.h"
#include "base/file_descriptor.h"
#include "base/result.h"
#include "net/address.h"
#include "net/buffer.h"
#include "net/loop.h"

#include <optional>
#include <string_view>

namespace mops::net {

enum class IoState : uint8_t {
  done,     ///< bytes were moved (writing: all of them)
  blocked,  ///< come back when the socket is ready; some bytes may have been moved
  closed,   ///< reading: the peer sent its last byte
  failed,   ///< reset, broken pipe, …
};

struct IoResult {
  size_t bytes = 0;
  IoState state = IoState::done;
};

/// A connected socket (TCP or Unix) that never blocks, with what epoll said about it last. TLS will be a branch in here.
/// Broken pipes are results, never SIGPIPE (MSG_NOSIGNAL).
class Stream {
 public:
  Stream() = default;
  explicit Stream(FileDescriptor fd) : fd_(std::move(fd)) {}

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

  /// One read of at most the room in one block. A short read means that the socket is empty (and clears `readable`).
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
  bool readable_ = false;
  bool writable_ = false;
  bool hung_up_ = false;
  bool failed_ = false;
};

}  // namespace mops::net
