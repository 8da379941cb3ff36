#pragma once

#include <arpa/inet.h>
#include <cstring>
#include <netinet/in.h>
#include <poll.h>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace mops::fakes {

/// A blocking socket for tests, written without the code under test. Reads give up after five seconds.
class PlainSocket {
 public:
  explicit PlainSocket(int fd) : fd_(fd) {}
  PlainSocket(PlainSocket&& other) noexcept : fd_(other.fd_), pending_(std::move(other.pending_)) { other.fd_ = -1; }
  ~PlainSocket() { close(); }

  static PlainSocket connect(uint16_t port) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
      ::close(fd);
      return PlainSocket(-1);
    }
    return PlainSocket(fd);
  }

  static PlainSocket connect(const std::string& path) {
    const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path.c_str(), sizeof(address.sun_path) - 1);
    if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
      ::close(fd);
      return PlainSocket(-1);
    }
    return PlainSocket(fd);
  }

  [[nodiscard]] bool good() const { return fd_ >= 0; }
  [[nodiscard]] int fd() const { return fd_; }

  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<size_t>(sent));
    }
    return true;
  }

  /// False: closed, or nothing came in time.
  bool receive() {
    pollfd waiting{.fd = fd_, .events = POLLIN, .revents = 0};
    if (::poll(&waiting, 1, 5000) <= 0) return false;
    char buffer[65536];
    const ssize_t got = ::recv(fd_, buffer, sizeof(buffer), 0);
    if (got <= 0) return false;
    pending_.append(buffer, static_cast<size_t>(got));
    return true;
  }

  /// Up to and with `mark`; everything until the end if it does not come.
  std::string read_until(std::string_view mark) {
    size_t at = 0;
    while ((at = pending_.find(mark)) == std::string::npos) {
      if (!receive()) return std::exchange(pending_, {});
    }
    return take(at + mark.size());
  }

  std::string read_exactly(size_t bytes) {
    while (pending_.size() < bytes && receive()) {
    }
    return take(std::min(bytes, pending_.size()));
  }

  std::string read_all() {
    while (receive()) {
    }
    return std::exchange(pending_, {});
  }

  /// A head and as many bytes as its Content-Length says.
  std::string read_message() {
    std::string message = read_until("\r\n\r\n");
    const size_t at = message.find("Content-Length: ");
    if (at != std::string::npos) message += read_exactly(std::stoul(message.substr(at + 16)));
    return message;
  }

  /// True if the other side closes (or resets) within five seconds.
  bool waits_for_close() {
    while (true) {
      pollfd waiting{.fd = fd_, .events = POLLIN, .revents = 0};
      if (::poll(&waiting, 1, 5000) <= 0) return false;
      char buffer[65536];
      if (::recv(fd_, buffer, sizeof(buffer), 0) <= 0) return true;
    }
  }

  void close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }

 private:
  std::string take(size_t bytes) {
    std::string out = pending_.substr(0, bytes);
    pending_.erase(0, bytes);
    return out;
  }

  int fd_;
  std::string pending_;
};

}  // namespace mops::fakes
