#include "net/address.h"

#include <arpa/inet.h>
#include <cctype>
#include <charconv>
#include <cstring>
#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

namespace mops::net {

Result<Address> Address::parse(std::string_view text) {
  if (text.starts_with("unix:")) {
    if (text.size() > 5) return unix_socket(std::string(text.substr(5)));
  } else if (const size_t colon = text.rfind(':'); colon != std::string_view::npos) {
    std::string_view host = text.substr(0, colon);
    const bool bracketed = host.starts_with('[') && host.ends_with(']');
    if (bracketed) host = host.substr(1, host.size() - 2);
    const std::string_view digits = text.substr(colon + 1);
    uint16_t port = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    const bool whole = !digits.empty() && error == std::errc() && end == digits.data() + digits.size();
    if (whole && (bracketed || host.find(':') == std::string_view::npos)) return tcp(std::string(host), port);
  }
  return fail(ErrorCode::usage, fmt::format("`{}` is not an address", text), "write `HOST:PORT`, `[IPV6]:PORT`, `:PORT` or `unix:PATH`");
}

std::string Address::text() const {
  if (is_unix()) return "unix:" + unix_path;
  return host.find(':') == std::string::npos ? fmt::format("{}:{}", host, port) : fmt::format("[{}]:{}", host, port);
}

int SocketAddress::family() const { return data()->sa_family; }

Result<SocketAddress> SocketAddress::resolve(const Address& address) {
  SocketAddress out;
  const auto store = [&out](const auto& raw) {
    static_assert(sizeof(raw) <= sizeof(out.bytes_));
    std::memcpy(out.bytes_, &raw, sizeof(raw));
    out.size_ = sizeof(raw);
    return out;
  };
  if (address.is_unix()) {
    sockaddr_un raw{};
    raw.sun_family = AF_UNIX;
    if (address.unix_path.size() >= sizeof(raw.sun_path)) {
      return fail(ErrorCode::usage, fmt::format("the path of the socket `{}` has {} bytes, and at most {} are possible", address.unix_path,
                                                address.unix_path.size(), sizeof(raw.sun_path) - 1),
                  "choose a folder with a shorter path");
    }
    std::memcpy(raw.sun_path, address.unix_path.data(), address.unix_path.size());
    return store(raw);
  }
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  v4.sin_port = htons(address.port);
  if (address.host.empty()) return store(v4);
  if (inet_pton(AF_INET, address.host.c_str(), &v4.sin_addr) == 1) return store(v4);
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  v6.sin6_port = htons(address.port);
  if (inet_pton(AF_INET6, address.host.c_str(), &v6.sin6_addr) == 1) return store(v6);

  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int code = getaddrinfo(address.host.c_str(), std::to_string(address.port).c_str(), &hints, &found);
  if (code != 0) {
    std::string reason = gai_strerror(code);
    reason[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(reason[0])));
    return fail(ErrorCode::outside, fmt::format("cannot find the host `{}`: {}", address.host, reason), "see that its name is right, and that this machine can look names up");
  }
  std::memcpy(out.bytes_, found->ai_addr, found->ai_addrlen);
  out.size_ = found->ai_addrlen;
  freeaddrinfo(found);
  return out;
}

}  // namespace mops::net
