#include "http/curl_error.h"

#include "http/curl_api.h"

#include "http/url.h"

#include <cerrno>
#include <fmt/format.h>

namespace mops::http {
namespace {

constexpr std::string_view k_proxy_help = "behind a proxy, set HTTPS_PROXY and HTTP_PROXY; hosts to reach without it go into NO_PROXY";

std::string host_and_port(const Request& request) {
  const auto url = parse_url(request.url);
  return url ? fmt::format("{}:{}", url->host, url->port) : redact_urls(request.url);
}

std::string seconds(std::chrono::milliseconds time) {
  return time.count() % 1000 == 0 ? fmt::format("{} s", time.count() / 1000) : fmt::format("{} ms", time.count());
}

Error socket_error(const std::string& path, long os_errno) {
  Error error{.code = ErrorCode::outside, .message = fmt::format("cannot reach the socket `{}`: ", path), .transient = true};
  switch (os_errno) {
    case ENOENT:
      error.message += "no such socket";
      error.help = "is the service that makes it running?";
      break;
    case ECONNREFUSED:
      error.message += "nobody listens on it";
      error.help = "the service that made it has ended; start it again";
      break;
    case EACCES:
    case EPERM:
      error.message += "permission denied";
      error.help = "run as the user who owns the socket, or as a member of its group";
      error.transient = false;
      break;
    default: error.message += os_errno == 0 ? "connection failed" : errno_error("", static_cast<int>(os_errno)).message.substr(2);
  }
  return error;
}

Error connect_error(const Request& request, const CurlFailure& failure) {
  if (!request.unix_socket_path.empty()) return socket_error(request.unix_socket_path, failure.os_errno);
  const std::string where = host_and_port(request);
  Error error{.code = ErrorCode::outside, .message = fmt::format("cannot reach `{}`: ", where), .transient = true};
  if (failure.os_errno == ECONNREFUSED) {
    error.message += "connection refused";
    error.help = "is the server running, and is that its port?";
  } else if (failure.os_errno != 0) {
    error.message += errno_error("", static_cast<int>(failure.os_errno)).message.substr(2);
    error.help = k_proxy_help;
  } else {
    error.message += "no connection";
    error.causes.push_back(redact_urls(failure.detail));
    error.help = k_proxy_help;
  }
  return error;
}

}  // namespace

Error curl_error(const Request& request, const CurlFailure& failure) {
  const std::string url = redact_urls(request.url);
  const auto outside = [&](std::string message, std::string help, bool transient) {
    Error error{.code = ErrorCode::outside, .message = std::move(message), .help = std::move(help), .transient = transient};
    if (!failure.detail.empty()) error.causes.push_back(redact_urls(failure.detail));
    return error;
  };
  if (failure.answer_too_long)
    return Error{.code = ErrorCode::outside, .message = fmt::format("the answer of `{}` is longer than {} bytes", url, request.largest_answer)};
  switch (failure.code) {
    case CURLE_COULDNT_CONNECT: return connect_error(request, failure);
    case CURLE_COULDNT_RESOLVE_HOST: {
      const auto parsed = parse_url(request.url);
      return Error{.code = ErrorCode::outside,
                   .message = fmt::format("cannot find the address of `{}`", parsed ? parsed->host : url),
                   .help = fmt::format("check the name and the network; {}", k_proxy_help),
                   .transient = true};
    }
    case CURLE_COULDNT_RESOLVE_PROXY:
      return outside("cannot find the address of the proxy", "check HTTPS_PROXY and HTTP_PROXY", false);
    case CURLE_OPERATION_TIMEDOUT:
      return Error{.code = ErrorCode::outside, .message = fmt::format("`{}` did not answer within {}", url, seconds(request.timeout)), .transient = true};
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
      return outside(fmt::format("the certificate of `{}` is not trusted", host_and_port(request)),
                     "where a company proxy signs connections, set SSL_CERT_FILE to a file with its root certificate", false);
    case CURLE_SSL_CONNECT_ERROR:
      return outside(fmt::format("no encrypted connection to `{}`", host_and_port(request)), "is that port meant for https?", false);
    case CURLE_GOT_NOTHING:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_PARTIAL_FILE:
    case CURLE_HTTP2_STREAM:
      return outside(fmt::format("`{}` closed the connection before its answer was complete", url), {}, true);
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_HTTP2:
      return outside(fmt::format("the answer of `{}` is not HTTP", url), "is that the right port?", false);
    default: return outside(fmt::format("cannot send {} `{}`", request.method, url), {}, false);
  }
}

}  // namespace mops::http
