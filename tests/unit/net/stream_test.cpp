#include "net/stream.h"

#include "fakes/http_upstream.h"

#include <chrono>
#include <doctest/doctest.h>
#include <thread>

using namespace mops;

TEST_CASE("a stream knows what the peer's kernel has acknowledged") {
  fakes::HttpUpstream peer([](fakes::PlainSocket& socket, int) {
    while (socket.receive()) {
    }
  });
  const auto address = net::SocketAddress::resolve(net::Address::tcp("127.0.0.1", peer.port()));
  REQUIRE(address);
  auto stream = net::Stream::connect(*address);
  REQUIRE(stream);
  const auto becomes = [&stream](uint64_t bytes) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(5);
    while (stream->acknowledged() != bytes && std::chrono::steady_clock::now() < end) std::this_thread::yield();
    return stream->acknowledged();
  };
  CHECK(becomes(0) == 0);
  REQUIRE(stream->write("hello").state == net::IoState::done);
  CHECK(becomes(5) == 5);
  REQUIRE(stream->write("again", "!").state == net::IoState::done);
  CHECK(becomes(11) == 11);
}
