#pragma once

#include "base/result.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace mops::http {

/// An absolute http or https URL (RFC 3986), taken apart. Parts are kept as written (percent-encoded); the scheme and the
/// host are lower case. `credentials` is what stands before `@`; never show it.
struct Url {
  std::string scheme;
  std::string credentials = {};
  std::string host;                ///< an IPv6 address with its brackets
  uint16_t port = 0;               ///< the scheme's own when none is written
  std::string path = "/";          ///< starts with `/`
  std::string query = {};          ///< without `?`

  [[nodiscard]] std::string to_string() const;
};

/// Error: usage, says what is wrong with the text (whose credentials are not shown).
Result<Url> parse_url(std::string_view text);

/// True for localhost, 127.0.0.0/8 and [::1].
bool is_loopback(std::string_view host);

/// Percent-encodes everything but the unreserved characters of RFC 3986: for one path segment or one query value.
std::string percent_encode(std::string_view text);

/// `text` with what is secret in any URL in it replaced by `***`: credentials before `@`, and values of query parameters
/// that are named like a secret (token, key, signature, password ...). The rest stays byte by byte.
std::string redact_urls(std::string_view text);

}  // namespace mops::http
