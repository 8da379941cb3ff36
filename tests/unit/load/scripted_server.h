#pragma once

#include "base/file_descriptor.h"

#include <arpa/inet.h>
#include <atomic>
#include <chrono>
#include <functional>
#include <mutex>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string>
#include <sys/socket.h>
#include <thread>
#include <vector>

namespace mops::load_test {

/// A server of plain blocking sockets, one thread for each connection, that answers with whatever bytes the test says.
class ScriptedServer {
 public:
  enum class Then { keep, close };
  struct Reply {
    std::string bytes;
    Then then = Then::keep;
  };
  /// Called on the connection's thread for each request (its head and body), with its number from 0 in order of arrival.
  using Script = std::function<Reply(const std::string& request, uint64_t number)>;

  explicit ScriptedServer(Script script) : script_(std::move(script)) {
    listener_.reset(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    if (::bind(listener_.get(), reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(listener_.get(), 1024) != 0) std::abort();
    ::getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    acceptor_ = std::thread([this] { accept_all(); });
  }

  ~ScriptedServer() {
    ::shutdown(listener_.get(), SHUT_RDWR);
    acceptor_.join();
    const std::lock_guard lock(mutex_);
    for (const int fd : open_) ::shutdown(fd, SHUT_RDWR);
    for (std::thread& thread : threads_) thread.join();
    for (const int fd : open_) ::close(fd);
  }

  [[nodiscard]] uint16_t port() const { return port_; }
  [[nodiscard]] uint64_t requests() const { return requests_; }
  [[nodiscard]] uint64_t connections() const { return connections_; }

  static Reply ok(std::string body = "{}") {
    return {.bytes = "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body};
  }
  static Reply status(int code) { return {.bytes = "HTTP/1.1 " + std::to_string(code) + " Text\r\nContent-Length: 0\r\n\r\n"}; }

 private:
  void accept_all() {
    for (;;) {
      const int fd = ::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC);
      if (fd < 0) return;
      ++connections_;
      const int on = 1;
      ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
      const std::lock_guard lock(mutex_);
      open_.push_back(fd);
      threads_.emplace_back([this, fd] { serve(fd); });
    }
  }

  void serve(int fd) {
    std::string input;
    char block[65536];
    for (;;) {
      const ssize_t got = ::recv(fd, block, sizeof(block), 0);
      if (got <= 0) return;
      input.append(block, static_cast<size_t>(got));
      for (size_t size = message_size(input); size > 0; size = message_size(input)) {
        const Reply reply = script_(input.substr(0, size), requests_++);
        input.erase(0, size);
        ::send(fd, reply.bytes.data(), reply.bytes.size(), MSG_NOSIGNAL);
        if (reply.then == Then::close) {
          ::shutdown(fd, SHUT_RDWR);
          return;
        }
      }
    }
  }

  static size_t message_size(const std::string& input) {
    const size_t head = input.find("\r\n\r\n");
    if (head == std::string::npos) return 0;
    const size_t field = input.find("Content-Length: ");
    const size_t body = field < head ? std::stoul(input.substr(field + 16)) : 0;
    return input.size() >= head + 4 + body ? head + 4 + body : 0;
  }

  Script script_;
  FileDescriptor listener_;
  uint16_t port_ = 0;
  std::thread acceptor_;
  std::mutex mutex_;
  std::vector<int> open_;
  std::vector<std::thread> threads_;
  std::atomic<uint64_t> requests_{0};
  std::atomic<uint64_t> connections_{0};
};

}  // namespace mops::load_test
