#include "platform/handover.h"

#include "base/readable.h"
#include "base/version.h"
#include "document/reader.h"
#include "document/value.h"
#include "platform/admin_messages.h"
#include "platform/compatibility.h"

#include <array>
#include <cstring>
#include <sys/socket.h>
#include <unistd.h>

namespace mops::platform {
namespace {

using namespace std::chrono_literals;

constexpr size_t k_most_sockets = 200;  ///< the kernel sends 253 descriptors at once
constexpr size_t k_longest_message = 64 * 1024;
/// The old one also ends what it prepares.
constexpr auto k_time_to_leave = k_time_to_drain + 45s;
/// The new one migrates state and looks for what runs.
constexpr auto k_time_to_serve = 120s;

/// One message is one JSON text that ends with a line break; descriptors come with its first byte.
bool send_message(int connection, const std::string& json, const std::vector<int>& descriptors) {
  const std::string text = json + "\n";
  iovec bytes{.iov_base = const_cast<char*>(text.data()), .iov_len = text.size()};
  std::vector<char> control(CMSG_SPACE(sizeof(int) * descriptors.size()));
  msghdr message{};
  message.msg_iov = &bytes;
  message.msg_iovlen = 1;
  if (!descriptors.empty()) {
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    cmsghdr* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int) * descriptors.size());
    std::memcpy(CMSG_DATA(header), descriptors.data(), sizeof(int) * descriptors.size());
  }
  ssize_t sent = ::sendmsg(connection, &message, MSG_NOSIGNAL);
  if (sent < 0) return false;
  for (auto at = static_cast<size_t>(sent); at < text.size(); at += static_cast<size_t>(sent)) {
    sent = ::send(connection, text.data() + at, text.size() - at, MSG_NOSIGNAL);
    if (sent <= 0) return false;
  }
  return true;
}

struct Received {
  std::string text;
  std::vector<FileDescriptor> descriptors;
};

/// nullopt: the other end has gone, or time is up.
std::optional<Received> receive_message(int connection, std::chrono::milliseconds time) {
  const SteadyDeadline deadline(time);
  Received received;
  while (received.text.find('\n') == std::string::npos) {
    if (received.text.size() > k_longest_message || !wait_readable(connection, deadline.left())) return std::nullopt;
    std::array<char, 4096> buffer{};
    std::vector<char> control(CMSG_SPACE(sizeof(int) * k_most_sockets));
    iovec bytes{.iov_base = buffer.data(), .iov_len = buffer.size()};
    msghdr message{};
    message.msg_iov = &bytes;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    const ssize_t got = ::recvmsg(connection, &message, MSG_CMSG_CLOEXEC);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return std::nullopt;
    received.text.append(buffer.data(), static_cast<size_t>(got));
    for (cmsghdr* header = CMSG_FIRSTHDR(&message); header != nullptr; header = CMSG_NXTHDR(&message, header)) {
      if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
      std::vector<int> numbers((header->cmsg_len - CMSG_LEN(0)) / sizeof(int));
      std::memcpy(numbers.data(), CMSG_DATA(header), numbers.size() * sizeof(int));
      for (const int number : numbers) received.descriptors.emplace_back(number);
    }
  }
  return received;
}

document::Document parse(std::string text) { return document::parse_json({.path = "the handover", .text = std::move(text)}); }

}  // namespace

Result<Takeover> Takeover::ask(const StateFolder& folder) {
  FileDescriptor connection(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!connection) return fail(errno_error("cannot open a socket", errno));
  MOPS_ASSIGN(const net::SocketAddress address, net::SocketAddress::resolve(net::Address::unix_socket(folder.handover_socket().string())));
  const auto gone = [&](std::string_view what) {
    return fail(ErrorCode::outside, fmt::format("the platform on `{}` {}", folder.root.string(), what), "`mops down` stops it, then `mops up` starts this one");
  };
  if (::connect(connection.get(), address.data(), address.size()) != 0) return gone("does not hand over its place");
  const document::Value hello =
      document::Value::map().set("format", "handover/v1").set("mops_version", program_version()).set("pid", static_cast<int64_t>(::getpid()));
  if (!send_message(connection.get(), to_json(hello), {})) return gone("has gone while it was asked for its place");
  std::optional<Received> received = receive_message(connection.get(), k_time_to_leave);
  if (!received) return gone("did not hand over its place");

  const document::Document document = parse(received->text);
  document::Reader reader(document);
  if (reader.root().maybe("error").present()) {
    MOPS_ASSIGN(Error error, read_error(document));
    return fail(std::move(error));
  }
  reader.root().expect_format("handover", 1);
  Takeover takeover(std::move(connection));
  MOPS_ASSIGN(const std::vector<std::string> stages, reader.finish(reader.root().at("stages").texts()));
  if (stages.size() != received->descriptors.size()) return gone(fmt::format("handed over {} sockets for {} stages", received->descriptors.size(), stages.size()));
  for (size_t i = 0; i < stages.size(); ++i) {
    MOPS_ASSIGN(auto socket, net::ListeningSocket::adopt(std::move(received->descriptors[i])));
    takeover.sockets.push_back({.stage = stages[i], .socket = std::move(socket)});
  }
  return takeover;
}

void Takeover::finish() {
  (void)send_message(connection_.get(), "{}", {});
  connection_.reset();
}

void Successor::refuse(const Error& error) { (void)send_message(connection_.get(), to_json(to_value(error)), {}); }

bool Successor::hand(const std::vector<HandedSocket>& sockets) {
  document::Value stages = document::Value::list();
  std::vector<int> descriptors;
  for (const HandedSocket& handed : sockets) {
    stages.add(handed.stage);
    descriptors.push_back(handed.socket.fd());
  }
  const document::Value message = document::Value::map().set("format", "handover/v1").set("stages", std::move(stages));
  return send_message(connection_.get(), to_json(message), descriptors) && receive_message(connection_.get(), k_time_to_serve).has_value();
}

Result<std::unique_ptr<HandoverOffer>> HandoverOffer::start(const StateFolder& folder, std::function<void()> on_successor) {
  MOPS_ASSIGN(auto socket, net::ListeningSocket::open(net::Address::unix_socket(folder.handover_socket().string())));
  std::unique_ptr<HandoverOffer> offer(new HandoverOffer(std::move(socket), std::move(on_successor)));
  offer->thread_ = std::jthread([&offer = *offer](const std::stop_token& stop) { offer.run(stop); });
  return offer;
}

HandoverOffer::~HandoverOffer() {
  thread_.request_stop();
  if (thread_.joinable()) thread_.join();
}

std::optional<Successor> HandoverOffer::take() {
  const std::lock_guard lock(mutex_);
  return std::exchange(successor_, std::nullopt);
}

void HandoverOffer::run(const std::stop_token& stop) {
  constexpr auto k_look = 100ms;
  while (!stop.stop_requested()) {
    if (!wait_readable(socket_.fd(), k_look)) continue;
    FileDescriptor connection(::accept4(socket_.fd(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!connection) continue;
    const auto received = receive_message(connection.get(), 5s);
    if (!received) continue;
    const document::Document document = parse(received->text);
    document::Reader reader(document);
    const document::Field root = reader.root();
    root.expect_format("handover", 1);
    const std::string version = root.at("mops_version").text();
    const int64_t pid = root.at("pid").integer();
    Successor successor(std::move(connection), fmt::format("mops {} (process {})", version, pid));
    if (const auto sound = reader.finish(0); !sound) {
      successor.refuse(sound.error());
    } else if (is_later(program_version(), version)) {
      successor.refuse({.code = ErrorCode::usage, .message = fmt::format("mops {} cannot take the place of mops {}, which is later", version, program_version()),
                        .help = "its state may be in a format that an earlier version does not know"});
    } else {
      const std::lock_guard lock(mutex_);
      successor_ = std::move(successor);
      on_successor_();
    }
  }
}

}  // namespace mops::platform
