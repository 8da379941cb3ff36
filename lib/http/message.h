#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mops::http {

struct Header {
  std::string name;
  std::string value;
};

using Headers = std::vector<Header>;

/// The value of the first header of that name (case does not count); nullopt when there is none.
std::optional<std::string_view> find_header(const Headers& headers, std::string_view name);

/// One whole message to a server. With `unix_socket_path` the connection goes there, and the URL's host is only a name.
struct Request {
  std::string method = "GET";
  std::string url;
  Headers headers = {};
  std::string body = {};
  std::chrono::milliseconds timeout{30'000};    ///< for everything, from looking up the name to the last byte
  std::string unix_socket_path = {};
  size_t largest_answer = size_t{64} << 20;     ///< bytes of body; a longer one is an error
};

/// What came back; every status is a value. Redirects are not followed.
struct Response {
  int status = 0;
  Headers headers = {};
  std::string body = {};

  [[nodiscard]] bool succeeded() const { return status >= 200 && status < 300; }
};

/// "Not Found" for 404; empty for a status without a name of its own.
std::string_view reason_of(int status);

}  // namespace mops::http
