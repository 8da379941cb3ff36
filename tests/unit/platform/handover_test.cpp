#include "platform/handover.h"

#include "base/real_file_system.h"
#include "base/version.h"
#include "fakes/plain_socket.h"
#include "fakes/temporary_folder.h"
#include "platform/platform.h"

#include <doctest/doctest.h>
#include <future>
#include <sys/socket.h>

using namespace mops;
using namespace mops::platform;
using namespace std::chrono_literals;

namespace {

/// An old platform's offer; what it does with a successor is up to the test.
struct Old {
  fakes::TemporaryFolder temporary;
  StateFolder folder{.root = temporary.path()};
  std::mutex mutex;
  std::condition_variable news;
  bool is_asked = false;
  std::unique_ptr<HandoverOffer> offer;

  Old() {
    auto started = HandoverOffer::start(folder, [this] {
      const std::lock_guard lock(mutex);
      is_asked = true;
      news.notify_all();
    });
    REQUIRE_MESSAGE(started, started.error().message);
    offer = std::move(*started);
  }
  Successor successor() {
    std::unique_lock lock(mutex);
    REQUIRE(news.wait_for(lock, 20s, [this] { return is_asked; }));
    auto taken = offer->take();
    REQUIRE(taken);
    return std::move(*taken);
  }
};

std::vector<HandedSocket> listening(size_t count) {
  std::vector<HandedSocket> sockets;
  for (size_t i = 0; i < count; ++i) {
    auto socket = net::ListeningSocket::open(net::Address::tcp("127.0.0.1", 0));
    REQUIRE(socket);
    sockets.push_back({.stage = fmt::format("stage{}", i), .socket = std::move(*socket)});
  }
  return sockets;
}

bool connects(const net::Address& address) {
  const auto raw = net::SocketAddress::resolve(address);
  REQUIRE(raw);
  const FileDescriptor client(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  return ::connect(client.get(), raw->data(), raw->size()) == 0;
}

/// Says that to the offer, and returns the first line of its answer.
std::string said(const Old& old, const std::string& text) {
  auto client = fakes::PlainSocket::connect(old.folder.handover_socket().string());
  REQUIRE(client.send(text));
  ::shutdown(client.fd(), SHUT_WR);
  return client.read_until("\n");
}

}  // namespace

TEST_CASE("handover: the sockets go over, and listen on when the old one has closed its own") {
  Old old;
  auto asking = std::async(std::launch::async, [&] { return Takeover::ask(old.folder); });
  Successor successor = old.successor();
  CHECK(successor.who() == fmt::format("mops {} (process {})", program_version(), ::getpid()));
  auto handed = std::make_optional(listening(3));
  std::vector<net::Address> addresses;
  for (const HandedSocket& socket : *handed) addresses.push_back(socket.socket.address());
  auto serves = std::async(std::launch::async, [&] { return successor.hand(*handed); });
  auto takeover = asking.get();
  REQUIRE_MESSAGE(takeover, takeover.error().message);
  takeover->finish();
  CHECK(serves.get());
  handed.reset();
  REQUIRE(takeover->sockets.size() == 3);
  for (size_t i = 0; i < 3; ++i) {
    CHECK(takeover->sockets[i].stage == fmt::format("stage{}", i));
    CHECK(takeover->sockets[i].socket.address().text() == addresses[i].text());
    CHECK(connects(addresses[i]));
  }
  takeover->sockets.clear();
  CHECK_FALSE(connects(addresses[0]));
}

TEST_CASE("handover: a successor that goes before it serves is seen") {
  Old old;
  auto asking = std::async(std::launch::async, [&] { return Takeover::ask(old.folder); });
  Successor successor = old.successor();
  const auto handed = listening(1);
  auto serves = std::async(std::launch::async, [&] { return successor.hand(handed); });
  { const auto takeover = asking.get(); }
  CHECK_FALSE(serves.get());
  CHECK(connects(handed[0].socket.address()));
}

TEST_CASE("handover: the old one may refuse") {
  Old old;
  auto asking = std::async(std::launch::async, [&] { return Takeover::ask(old.folder); });
  old.successor().refuse({.code = ErrorCode::refused, .message = "ada is switching churn in dev", .help = "wait"});
  const auto takeover = asking.get();
  REQUIRE_FALSE(takeover);
  CHECK(takeover.error().code == ErrorCode::refused);
  CHECK(takeover.error().message == "ada is switching churn in dev");
  CHECK(takeover.error().help == "wait");
}

TEST_CASE("handover: nobody there") {
  const fakes::TemporaryFolder temporary;
  const auto takeover = Takeover::ask({.root = temporary.path()});
  REQUIRE_FALSE(takeover);
  CHECK(takeover.error().code == ErrorCode::outside);
  CHECK(takeover.error().message == fmt::format("the platform on `{}` does not hand over its place", temporary.path().string()));
}

TEST_CASE("handover: an earlier version, and what is none, are refused without asking anybody") {
  Old old;
  CHECK(said(old, "{\"format\":\"handover/v1\",\"mops_version\":\"0.0.9\",\"pid\":1}\n").find("mops 0.0.9 cannot take the place of mops") != std::string::npos);
  CHECK(said(old, "{\"format\":\"handover/v2\",\"mops_version\":\"9.0.0\",\"pid\":1}\n").find("newer than `handover/v1`") != std::string::npos);
  CHECK(said(old, "GET / HTTP/1.1\r\n\r\n").find("\"error\"") != std::string::npos);
  CHECK(said(old, "").empty());
  CHECK(said(old, std::string(100'000, 'x')).empty());
  CHECK_FALSE(old.offer->take());
}
