#include "net/listener.h"

#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>

namespace mops::net {

namespace {

constexpr int k_backlog = 4096;
constexpr int k_accepts_per_turn = 64;

/// A socket file whose server is gone refuses connections.
bool is_abandoned(const SocketAddress& address) {
  const FileDescriptor probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  return probe && ::connect(probe.get(), address.data(), address.size()) != 0 && errno == ECONNREFUSED;
}

uint16_t bound_port(int fd) {
  sockaddr_storage raw{};
  socklen_t size = sizeof(raw);
  if (::getsockname(fd, reinterpret_cast<sockaddr*>(&raw), &size) != 0) return 0;
  if (raw.ss_family == AF_INET) return ntohs(reinterpret_cast<const sockaddr_in&>(raw).sin_port);
  return ntohs(reinterpret_cast<const sockaddr_in6&>(raw).sin6_port);
}

Error cannot_listen(const Address& address, int error) {
  Error out = errno_error(fmt::format("cannot listen on `{}`", address.text()), error);
  out.code = ErrorCode::outside;
  if (error != EADDRINUSE) return out;
  if (address.is_unix()) {
    out.message = fmt::format("the socket `{}` belongs to a running server", address.unix_path);
    out.help = "stop that server first";
    return out;
  }
  const std::string owner = owner_of_port(address.port);
  out.message = owner.empty() ? fmt::format("port {} is in use", address.port) : fmt::format("port {} is in use by {}", address.port, owner);
  out.help = "stop that process, or choose another port (0 takes a free one)";
  return out;
}

}  // namespace

Result<ListeningSocket> ListeningSocket::open(const Address& address) {
  MOPS_ASSIGN(const SocketAddress raw, SocketAddress::resolve(address));
  FileDescriptor fd(::socket(raw.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd) return fail(errno_error("cannot open a socket", errno));
  if (address.is_unix()) {
    // On Linux the mode of the socket becomes the mode of its file: there is no moment in which others could connect.
    ::fchmod(fd.get(), 0600);
  } else {
    const int on = 1;
    ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  }
  int bound = ::bind(fd.get(), raw.data(), raw.size());
  if (bound != 0 && errno == EADDRINUSE && address.is_unix() && is_abandoned(raw)) {
    ::unlink(address.unix_path.c_str());
    bound = ::bind(fd.get(), raw.data(), raw.size());
  }
  if (bound != 0 || ::listen(fd.get(), k_backlog) != 0) return fail(cannot_listen(address, errno));
  Address real = address;
  if (!address.is_unix()) real.port = bound_port(fd.get());
  return ListeningSocket(std::move(fd), std::move(real));
}

Result<ListeningSocket> ListeningSocket::adopt(FileDescriptor fd) {
  sockaddr_in raw{};
  socklen_t size = sizeof(raw);
  if (::getsockname(fd.get(), reinterpret_cast<sockaddr*>(&raw), &size) != 0) return fail(errno_error("cannot use a socket that was handed over", errno));
  if (raw.sin_family != AF_INET) return fail(ErrorCode::outside, "cannot use a socket that was handed over: it is not TCP over IPv4");
  std::array<char, INET_ADDRSTRLEN> host{};
  ::inet_ntop(AF_INET, &raw.sin_addr, host.data(), host.size());
  return ListeningSocket(std::move(fd), Address::tcp(host.data(), ntohs(raw.sin_port)));
}

Result<ListeningSocket> ListeningSocket::duplicate() const {
  FileDescriptor fd(::fcntl(fd_.get(), F_DUPFD_CLOEXEC, 3));
  if (!fd) return fail(errno_error("cannot hand over a socket", errno));
  return ListeningSocket(std::move(fd), address_);
}

ListeningSocket::~ListeningSocket() {
  if (fd_ && address_.is_unix()) ::unlink(address_.unix_path.c_str());
}

Acceptor::Acceptor(Loop& loop, const ListeningSocket& socket, Callback callback)
    : loop_(loop), fd_(socket.fd()), callback_(std::move(callback)), spare_(::open("/dev/null", O_RDONLY | O_CLOEXEC)) {}

Acceptor::~Acceptor() {
  if (watching_) loop_.forget(fd_, *this);
}

Result<void> Acceptor::start() {
  MOPS_TRY(loop_.watch_shared(fd_, *this));
  watching_ = true;
  return {};
}

void Acceptor::stop() {
  if (!watching_) return;
  loop_.forget(fd_, *this);
  watching_ = false;
  while (accept_one()) {
  }
}

void Acceptor::on_ready(Readiness) {
  for (int i = 0; i < k_accepts_per_turn && watching_; ++i) {
    if (!accept_one()) return;
  }
}

bool Acceptor::accept_one() {
  FileDescriptor fd(::accept4(fd_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (!fd) {
    if (errno == ECONNABORTED || errno == EINTR) return true;
    if (errno != EMFILE && errno != ENFILE) return false;
    // Level-triggered epoll would report the waiting connection for ever: take it with the spare descriptor and drop it.
    spare_.reset();
    FileDescriptor victim(::accept4(fd_, nullptr, nullptr, SOCK_CLOEXEC));
    const bool dropped = static_cast<bool>(victim);
    victim.reset();
    spare_.reset(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    return dropped;
  }
  // TCP_NODELAY is inherited from the listening socket.
  callback_(Stream(std::move(fd)));
  return true;
}

}  // namespace mops::net
