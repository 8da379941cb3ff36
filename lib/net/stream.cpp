#include "net/stream.h"

#include "net/tls.h"

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <ctime>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/uio.h>

namespace mops::net {

namespace {

constexpr size_t k_min_room = 4096;

std::chrono::nanoseconds to_duration(const timespec& time) { return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec); }

/// The stamp is of the clock that people set; so only the age of the bytes is taken from it.
SteadyTime arrival_of(msghdr& message) {
  const SteadyTime now = std::chrono::steady_clock::now();
  for (cmsghdr* control = CMSG_FIRSTHDR(&message); control != nullptr; control = CMSG_NXTHDR(&message, control)) {
    if (control->cmsg_level != SOL_SOCKET || control->cmsg_type != SCM_TIMESTAMPNS) continue;
    timespec stamp{};
    std::memcpy(&stamp, CMSG_DATA(control), sizeof(stamp));
    timespec real{};
    ::clock_gettime(CLOCK_REALTIME, &real);
    const auto age = to_duration(real) - to_duration(stamp);
    if (age >= std::chrono::nanoseconds(0) && age < std::chrono::minutes(1)) return now - age;
  }
  return now;
}

ssize_t receive(int fd, std::span<char> room, SteadyTime* arrived) {
  if (arrived == nullptr) return ::recv(fd, room.data(), room.size(), 0);
  iovec part{.iov_base = room.data(), .iov_len = room.size()};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(timespec))];
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof(control);
  const ssize_t got = ::recvmsg(fd, &message, 0);
  if (got > 0) *arrived = arrival_of(message);
  return got;
}

/// The first part of what the kernel tells; glibc's tcp_info ends before it, and <linux/tcp.h> cannot stand beside <netinet/tcp.h>.
struct TcpInfo {
  uint8_t states[8];
  uint32_t counts[24];
  uint64_t pacing_rate;
  uint64_t max_pacing_rate;
  uint64_t bytes_acked;
};
static_assert(offsetof(TcpInfo, bytes_acked) == 120);

}  // namespace

Stream::Stream() = default;
Stream::Stream(FileDescriptor fd) : fd_(std::move(fd)) {}
Stream::Stream(Stream&&) noexcept = default;
Stream& Stream::operator=(Stream&&) noexcept = default;
Stream::~Stream() = default;

void Stream::start_tls(std::shared_ptr<const TlsContext> context) { tls_ = std::make_unique<TlsConnection>(std::move(context), fd_.get()); }

IoState Stream::handshake() { return tls_->handshake(); }

bool Stream::fall_back_to_plain_http() {
  if (!tls_->met_plain_http()) return false;
  tls_.reset();
  return true;
}

Result<Stream> Stream::connect(const SocketAddress& address) {
  FileDescriptor fd(::socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd) return fail(errno_error("cannot open a socket", errno));
  if (address.family() != AF_UNIX) {
    const int on = 1;
    ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  }
  if (::connect(fd.get(), address.data(), address.size()) != 0 && errno != EINPROGRESS) return fail(errno_error("cannot connect", errno));
  return Stream(std::move(fd));
}

void Stream::note(Readiness ready) {
  readable_ |= ready.readable;
  writable_ |= ready.writable;
  hung_up_ |= ready.hung_up;
  failed_ |= ready.failed;
  if (!tls_) return;
  readable_ |= ready.writable && tls_->read_waits_for_writing();
  writable_ |= ready.readable && tls_->write_waits_for_reading();
}

void Stream::stamp_arrivals() {
  const int on = 1;
  ::setsockopt(fd_.get(), SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on));
}

IoResult Stream::read(Buffer& into, SteadyTime* arrived) {
  const std::span<char> room = into.prepare(k_min_room);
  if (tls_) {
    const IoResult got = tls_->read(room);
    into.commit(got.bytes);
    // What the socket has, and what is decrypted already, is all read when it blocks.
    if (got.state != IoState::done) readable_ = false;
    return got;
  }
  while (true) {
    const ssize_t got = receive(fd_.get(), room, arrived);
    if (got > 0) {
      const auto bytes = static_cast<size_t>(got);
      into.commit(bytes);
      // After a hang-up the end of the stream is still to be read, and no further event would tell.
      if (bytes < room.size() && !hung_up_) readable_ = false;
      return {.bytes = bytes};
    }
    if (got == 0) return {.state = IoState::closed};
    if (errno == EINTR) continue;
    readable_ = false;
    return {.state = errno == EAGAIN ? IoState::blocked : IoState::failed};
  }
}

IoResult Stream::read_and_drop() {
  char sink[BufferPool::k_block_bytes];
  while (true) {
    const ssize_t got = ::recv(fd_.get(), sink, sizeof(sink), 0);
    if (got > 0) return {.bytes = static_cast<size_t>(got)};
    if (got == 0) return {.state = IoState::closed};
    if (errno == EINTR) continue;
    readable_ = false;
    return {.state = errno == EAGAIN ? IoState::blocked : IoState::failed};
  }
}

IoResult Stream::write(std::string_view first, std::string_view second) {
  IoResult result;
  if (tls_) {
    result = tls_->write(first);
    if (result.state == IoState::done && !second.empty()) {
      const IoResult rest = tls_->write(second);
      result = {.bytes = result.bytes + rest.bytes, .state = rest.state};
    }
    if (result.state != IoState::done) writable_ = false;
    return result;
  }
  const size_t total = first.size() + second.size();
  while (result.bytes < total) {
    iovec parts[2];
    size_t count = 0;
    const size_t skip_first = std::min(result.bytes, first.size());
    const size_t skip_second = result.bytes - skip_first;
    for (const std::string_view part : {first.substr(skip_first), second.substr(skip_second)}) {
      if (!part.empty()) parts[count++] = {.iov_base = const_cast<char*>(part.data()), .iov_len = part.size()};
    }
    msghdr message{};
    message.msg_iov = parts;
    message.msg_iovlen = count;
    const ssize_t sent = count == 1 ? ::send(fd_.get(), parts[0].iov_base, parts[0].iov_len, MSG_NOSIGNAL) : ::sendmsg(fd_.get(), &message, MSG_NOSIGNAL);
    if (sent >= 0) {
      result.bytes += static_cast<size_t>(sent);
      continue;
    }
    if (errno == EINTR) continue;
    writable_ = false;
    result.state = errno == EAGAIN ? IoState::blocked : IoState::failed;
    return result;
  }
  return result;
}

int Stream::connect_error() const {
  int error = 0;
  socklen_t size = sizeof(error);
  return ::getsockopt(fd_.get(), SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno;
}

std::optional<uint64_t> Stream::acknowledged() const {
  TcpInfo info{};
  socklen_t size = sizeof(info);
  if (::getsockopt(fd_.get(), IPPROTO_TCP, TCP_INFO, &info, &size) != 0 || size < sizeof(info)) return std::nullopt;
  // The SYN counts as one (RFC 4898, tcpEStatsAppHCThruOctetsAcked, as Linux has it).
  return info.bytes_acked > 0 ? info.bytes_acked - 1 : 0;
}

void Stream::shutdown_writing() {
  if (tls_) tls_->say_goodbye();
  ::shutdown(fd_.get(), SHUT_WR);
}

void Stream::reset_on_close() {
  const linger abrupt{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(fd_.get(), SOL_SOCKET, SO_LINGER, &abrupt, sizeof(abrupt));
}

}  // namespace mops::net
