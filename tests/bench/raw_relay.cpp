// raw_relay PORT: for each client a connection to that port of this machine, and every byte goes over unread: the floor below
// any proxy. Prints its port. A write that the kernel does not take whole ends the connection: the bench sends small ones.
#include "epoll_server.h"

namespace {

struct End {
  int fd;
  End* other;
};

void close_both(End* end) {
  close(end->fd);
  close(end->other->fd);
  end->fd = end->other->fd = -1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const sockaddr_in upstream = loopback(std::atoi(argv[1]));
  const int listener = listen_anywhere();
  const int epoll = epoll_create1(0);
  watch(epoll, listener, EPOLLIN, nullptr);
  char buffer[65536];
  epoll_event events[256];
  while (true) {
    const int ready = epoll_wait(epoll, events, 256, -1);
    for (int i = 0; i < ready; ++i) {
      auto* end = static_cast<End*>(events[i].data.ptr);
      if (!end) {
        const int client = accept4(listener, nullptr, nullptr, SOCK_NONBLOCK);
        if (client < 0) continue;
        const int server = socket(AF_INET, SOCK_STREAM, 0);
        if (connect(server, reinterpret_cast<const sockaddr*>(&upstream), sizeof(upstream)) != 0) die("connect");
        no_delay(client);
        no_delay(server);
        // Never freed: both events of a pair may be in one batch.
        auto* pair = new End[2]{{client, nullptr}, {server, nullptr}};
        pair[0].other = &pair[1];
        pair[1].other = &pair[0];
        watch(epoll, client, EPOLLIN, &pair[0]);
        watch(epoll, server, EPOLLIN, &pair[1]);
        continue;
      }
      if (end->fd < 0) continue;
      const ssize_t got = recv(end->fd, buffer, sizeof(buffer), MSG_DONTWAIT);
      if (got <= 0 || send(end->other->fd, buffer, static_cast<size_t>(got), MSG_NOSIGNAL) != got) close_both(end);
    }
  }
}
