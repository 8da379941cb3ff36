#include "http/url.h"

#include "base/text.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <fmt/format.h>

namespace mops::http {
namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

tl::unexpected<Error> bad_url(std::string_view text, std::string_view problem) {
  return fail(ErrorCode::usage, fmt::format("`{}` is not a URL: {}", redact_urls(text), problem), "write it as https://host:port/path");
}

bool is_clean(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) > 0x20 && c != 0x7f; });
}

/// Splits `host:port`; a wrong port is nullopt.
std::optional<uint16_t> take_port(std::string_view& authority, uint16_t otherwise) {
  const size_t bracket = authority.rfind(']');
  const size_t colon = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
  if (colon == std::string_view::npos) return otherwise;
  const std::string_view digits = authority.substr(colon + 1);
  authority = authority.substr(0, colon);
  if (digits.empty()) return otherwise;
  uint16_t port = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (error != std::errc() || end != digits.data() + digits.size() || port == 0) return std::nullopt;
  return port;
}

bool names_a_secret(std::string_view parameter) {
  static constexpr std::array<std::string_view, 8> k_words = {"token", "key", "sig", "secret", "password", "passwd", "credential", "auth"};
  const std::string name = lower(parameter);
  return std::any_of(k_words.begin(), k_words.end(), [&](std::string_view word) { return name.find(word) != std::string::npos; });
}

/// `?a=1&token=x#f` with secret values hidden.
std::string redact_query(std::string_view query) {
  const size_t hash = query.find('#');
  std::string out;
  for (const std::string_view parameter : split(query.substr(0, hash), '&')) {
    if (!out.empty()) out += '&';
    const size_t equals = parameter.find('=');
    const bool secret = equals != std::string_view::npos && names_a_secret(parameter.substr(0, equals));
    out += secret ? std::string(parameter.substr(0, equals + 1)) + "***" : std::string(parameter);
  }
  return hash == std::string_view::npos ? out : out + std::string(query.substr(hash));
}

}  // namespace

std::string Url::to_string() const {
  const uint16_t own_port = scheme == "https" ? 443 : 80;
  return fmt::format("{}://{}{}{}{}{}{}{}", scheme, credentials, credentials.empty() ? "" : "@", host,
                     port == own_port ? "" : fmt::format(":{}", port), path, query.empty() ? "" : "?", query);
}

Result<Url> parse_url(std::string_view text) {
  const size_t scheme_end = text.find("://");
  if (scheme_end == std::string_view::npos) return bad_url(text, "it has no `https://` in front");
  Url url{.scheme = lower(text.substr(0, scheme_end)), .host = {}};
  if (url.scheme != "http" && url.scheme != "https") return bad_url(text, fmt::format("its scheme is `{}`, not `http` or `https`", url.scheme));
  if (!is_clean(text)) return bad_url(text, "it has a blank or a control character in it");
  std::string_view rest = text.substr(scheme_end + 3);
  rest = rest.substr(0, rest.find('#'));
  const size_t authority_end = std::min(rest.find_first_of("/?"), rest.size());
  std::string_view authority = rest.substr(0, authority_end);
  rest.remove_prefix(authority_end);

  if (const size_t at = authority.rfind('@'); at != std::string_view::npos) {
    url.credentials = std::string(authority.substr(0, at));
    authority.remove_prefix(at + 1);
  }
  if (authority.starts_with('[') != (authority.find(']') != std::string_view::npos)) return bad_url(text, "the brackets of its host do not match");
  const auto port = take_port(authority, url.scheme == "https" ? 443 : 80);
  if (!port) return bad_url(text, "its port is not a number from 1 to 65535");
  url.port = *port;
  if (authority.empty()) return bad_url(text, "it names no host");
  url.host = lower(authority);

  const size_t question = rest.find('?');
  if (question != std::string_view::npos) url.query = std::string(rest.substr(question + 1));
  const std::string_view path = rest.substr(0, question);
  if (!path.empty()) url.path = std::string(path);
  return url;
}

bool is_loopback(std::string_view host) { return host == "localhost" || host == "[::1]" || host == "::1" || host.starts_with("127."); }

std::string percent_encode(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool unreserved = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || std::string_view("-._~").find(c) != std::string_view::npos;
    out += unreserved ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

std::string redact_urls(std::string_view text) {
  std::string out;
  while (true) {
    const size_t scheme_end = text.find("://");
    if (scheme_end == std::string_view::npos) return out += text;
    out += text.substr(0, scheme_end + 3);
    text.remove_prefix(scheme_end + 3);
    const std::string_view url = text.substr(0, text.find_first_of(" \t\r\n\"'`<>"));
    text.remove_prefix(url.size());
    const size_t authority_end = std::min(url.find_first_of("/?#"), url.size());
    std::string_view authority = url.substr(0, authority_end);
    if (const size_t at = authority.rfind('@'); at != std::string_view::npos) {
      out += "***@";
      authority.remove_prefix(at + 1);
    }
    out += authority;
    const std::string_view rest = url.substr(authority_end);
    const size_t question = rest.find('?');
    out += rest.substr(0, question);
    if (question != std::string_view::npos) out += "?" + redact_query(rest.substr(question + 1));
  }
}

}  // namespace mops::http
