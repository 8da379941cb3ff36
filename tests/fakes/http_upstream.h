#pragma once

#include "fakes/plain_socket.h"

#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace mops::fakes {

/// A model server for tests: a thread for each connection, which does what the test says.
class HttpUpstream {
 public:
  /// `number` counts the connections from 0. The connection is closed when it returns.
  using Behaviour = std::function<void(PlainSocket& socket, int number)>;

  explicit HttpUpstream(Behaviour behaviour) : behaviour_(std::move(behaviour)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ::bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof(address));
    ::listen(listener_, 1024);
    socklen_t size = sizeof(address);
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    acceptor_ = std::thread([this] { accept(); });
  }

  /// Answers every request with 200 and `body`.
  static Behaviour answers(std::string body) {
    return [body = std::move(body)](PlainSocket& socket, int) {
      while (socket.read_message().ends_with("}") || socket.good()) {
        if (!socket.send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body)) return;
        pollfd waiting{.fd = socket.fd(), .events = POLLIN, .revents = 0};
        char byte = 0;
        if (::poll(&waiting, 1, 5000) <= 0 || ::recv(socket.fd(), &byte, 1, MSG_PEEK) <= 0) return;
      }
    };
  }

  ~HttpUpstream() {
    ::shutdown(listener_, SHUT_RDWR);
    acceptor_.join();
    ::close(listener_);
    {
      const std::lock_guard lock(mutex_);
      for (const int fd : open_) ::shutdown(fd, SHUT_RDWR);
    }
    for (std::thread& thread : threads_) thread.join();
  }

  [[nodiscard]] uint16_t port() const { return port_; }
  [[nodiscard]] int connections() const { return connections_; }

 private:
  void accept() {
    while (true) {
      const int fd = ::accept(listener_, nullptr, nullptr);
      if (fd < 0) return;
      const std::lock_guard lock(mutex_);
      open_.push_back(fd);
      threads_.emplace_back([this, fd, number = connections_++] {
        PlainSocket socket(fd);
        behaviour_(socket, number);
        const std::lock_guard own(mutex_);
        std::erase(open_, fd);
        socket.close();
      });
    }
  }

  Behaviour behaviour_;
  int listener_ = -1;
  uint16_t port_ = 0;
  std::atomic<int> connections_{0};
  std::mutex mutex_;
  std::vector<int> open_;
  std::vector<std::thread> threads_;
  std::thread acceptor_;
};

}  // namespace mops::fakes
