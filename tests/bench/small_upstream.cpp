// small_upstream [BYTES]: answers every request of a body of fixed length with BYTES (200) bytes, as fast as one thread can.
// Prints its port. It trusts its clients: a request comes in one piece, pipelined ones do not come.
#include "epoll_server.h"

#include <string>
#include <string_view>

namespace {

/// Whether `bytes` is a whole request.
bool whole(std::string_view bytes) {
  const size_t end = bytes.find("\r\n\r\n");
  if (end == std::string_view::npos) return false;
  size_t length = 0;
  for (const std::string_view name : {"Content-Length: ", "content-length: "}) {
    const size_t at = bytes.substr(0, end).find(name);
    if (at != std::string_view::npos) length = std::strtoul(bytes.data() + at + name.size(), nullptr, 10);
  }
  return bytes.size() >= end + 4 + length;
}

struct Client {
  int fd;
  std::string waiting;
};

}  // namespace

int main(int argc, char** argv) {
  const size_t bytes = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 200;
  const std::string answer = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(bytes) + "\r\n\r\n" + std::string(bytes, 'x');
  const int listener = listen_anywhere();
  const int epoll = epoll_create1(0);
  watch(epoll, listener, EPOLLIN, nullptr);
  char buffer[65536];
  epoll_event events[256];
  while (true) {
    const int ready = epoll_wait(epoll, events, 256, -1);
    for (int i = 0; i < ready; ++i) {
      auto* client = static_cast<Client*>(events[i].data.ptr);
      if (!client) {
        const int fd = accept4(listener, nullptr, nullptr, SOCK_NONBLOCK);
        if (fd < 0) continue;
        no_delay(fd);
        watch(epoll, fd, EPOLLIN, new Client{fd, {}});
        continue;
      }
      const ssize_t got = recv(client->fd, buffer, sizeof(buffer), 0);
      if (got <= 0) {
        close(client->fd);
        delete client;
        continue;
      }
      std::string_view request(buffer, static_cast<size_t>(got));
      if (!client->waiting.empty() || !whole(request)) {
        client->waiting.append(request);
        if (!whole(client->waiting)) continue;
        client->waiting.clear();
      }
      send(client->fd, answer.data(), answer.size(), MSG_NOSIGNAL);
    }
  }
}
