#include "http/verbose.h"

#include "http/url.h"

#include <array>
#include <cctype>
#include <fmt/format.h>

namespace mops::http {

std::string shown_value(const Header& header) {
  static constexpr std::array<std::string_view, 7> k_secret = {"auth", "cookie", "token", "key", "secret", "password", "signature"};
  std::string name = header.name;
  for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  for (const std::string_view word : k_secret) {
    if (name.find(word) == std::string::npos) continue;
    // The scheme (Basic, Bearer) helps in finding out what went wrong, and gives nothing away.
    const size_t blank = header.value.find(' ');
    const bool has_scheme = name.ends_with("authorization") && blank != std::string::npos;
    return has_scheme ? header.value.substr(0, blank) + " ***" : "***";
  }
  return redact_urls(header.value);
}

Result<Response> VerboseTransport::send(const Request& request, std::stop_token stop) {
  const std::string socket = request.unix_socket_path.empty() ? "" : fmt::format(" through `{}`", request.unix_socket_path);
  say_(fmt::format("> {} {}{}", request.method, redact_urls(request.url), socket));
  for (const Header& header : request.headers) say_(fmt::format("> {}: {}", header.name, shown_value(header)));
  if (!request.body.empty()) say_(fmt::format("> {} bytes", request.body.size()));
  const SteadyTime begin = clock_.steady();
  auto result = inner_.send(request, stop);
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(clock_.steady() - begin).count();
  if (!result) {
    say_(fmt::format("< no answer after {} ms: {}", took, result.error().message));
    return result;
  }
  say_(fmt::format("< {} {} after {} ms", result->status, reason_of(result->status), took));
  for (const Header& header : result->headers) say_(fmt::format("< {}: {}", header.name, shown_value(header)));
  if (!result->body.empty()) say_(fmt::format("< {} bytes", result->body.size()));
  return result;
}

}  // namespace mops::http
