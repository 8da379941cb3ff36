#pragma once

#include "base/result.h"
#include "net/address.h"
#include "net/loop.h"
#include "net/stream.h"

#include <functional>
#include <memory>
#include <vector>

namespace mops::net {

/// A listening socket; may be served by several loops. Closing removes the file of a Unix socket.
class ListeningSocket {
 public:
  /// TCP: port 0 takes a free one, see `address`. Unix: mode 0600; the file of a server that is gone is replaced. Errors:
  /// outside; a port in use is named together with the process that has it, where /proc tells.
  static Result<ListeningSocket> open(const Address& address);
  /// One that another process opened and handed over; it listens already.
  static Result<ListeningSocket> adopt(FileDescriptor fd);
  /// Another descriptor of the same socket, to be handed over. TCP only.
  [[nodiscard]] Result<ListeningSocket> duplicate() const;
  ListeningSocket(ListeningSocket&&) noexcept = default;
  ListeningSocket& operator=(ListeningSocket&&) noexcept = default;
  ~ListeningSocket();

  /// With the real port.
  [[nodiscard]] const Address& address() const { return address_; }
  [[nodiscard]] int fd() const { return fd_.get(); }

 private:
  ListeningSocket(FileDescriptor fd, Address address) : fd_(std::move(fd)), address_(std::move(address)) {}
  FileDescriptor fd_;
  Address address_;
};

/// Accepts on one loop. Keeps a spare descriptor, so that running out of them closes new connections instead of spinning.
class Acceptor final : public EventHandler {
 public:
  using Callback = std::function<void(Stream)>;
  Acceptor(Loop& loop, const ListeningSocket& socket, Callback callback);
  ~Acceptor() override;

  Result<void> start();
  /// No further connections; those still in the queue of the kernel are accepted first.
  void stop();
  void on_ready(Readiness ready) override;

 private:
  bool accept_one();

  Loop& loop_;
  int fd_;
  Callback callback_;
  FileDescriptor spare_;
  bool watching_ = false;
};

/// "`mops` (process 4711)", or an empty text when /proc does not tell.
std::string owner_of_port(uint16_t port);

}  // namespace mops::net
