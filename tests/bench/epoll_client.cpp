// epoll_client PORT SECONDS: the floor of tests/bench/load.py. 32 connections, each with one small POST on its way; the answer is not
// parsed, nothing is measured. Prints how many were answered, and the CPU seconds of this process.

#include <arpa/inet.h>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const std::string body = "{\"inputs\":[{\"name\":\"x\",\"shape\":[1,1],\"datatype\":\"FP64\",\"data\":[0.5]}]}";
  const std::string request = "POST /v2/models/m/infer HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: " +
                              std::to_string(body.size()) + "\r\n\r\n" + body;
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<uint16_t>(std::atoi(argv[1])));
  const int epoll = epoll_create1(0);
  for (int i = 0; i < 32; ++i) {
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    const int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    if (connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0) return 3;
    epoll_event event{.events = EPOLLIN | EPOLLET, .data = {.fd = fd}};
    epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
    if (send(fd, request.data(), request.size(), MSG_NOSIGNAL) < 0) return 3;
  }
  const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(std::atof(argv[2]));
  long answered = 0;
  char block[16384];
  epoll_event events[256];
  while (std::chrono::steady_clock::now() < end) {
    const int count = epoll_wait(epoll, events, 256, 1000);
    for (int i = 0; i < count; ++i) {
      const int fd = events[i].data.fd;
      if (recv(fd, block, sizeof(block), MSG_DONTWAIT) <= 0) continue;
      ++answered;
      if (send(fd, request.data(), request.size(), MSG_NOSIGNAL) < 0) return 3;
    }
  }
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) { return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6; };
  std::printf("%ld %.6f\n", answered, seconds(usage.ru_utime) + seconds(usage.ru_stime));
}
