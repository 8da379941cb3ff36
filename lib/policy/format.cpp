#include "policy/format.h"

#include "base/text.h"
#include "policy/pattern.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

namespace mops::policy {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) { return is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f'); }
bool is_letter(char c) { return (c | 0x20) >= 'a' && (c | 0x20) <= 'z'; }
bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

/// Exactly `count` digits at the front, dropped; nullopt when they are not there.
std::optional<int> take_number(std::string_view& text, size_t count) {
  if (text.size() < count || !std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(count), is_digit)) return std::nullopt;
  int value = 0;
  for (size_t i = 0; i < count; ++i) value = value * 10 + (text[i] - '0');
  text.remove_prefix(count);
  return value;
}

bool take(std::string_view& text, std::string_view any_of) {
  if (text.empty() || any_of.find(text[0]) == std::string_view::npos) return false;
  text.remove_prefix(1);
  return true;
}

bool is_date(std::string_view text) {
  const auto year = take_number(text, 4);
  if (!year || !take(text, "-")) return false;
  const auto month = take_number(text, 2);
  if (!month || !take(text, "-")) return false;
  const auto day = take_number(text, 2);
  if (!day || !text.empty()) return false;
  using namespace std::chrono;
  return year_month_day{std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)),
                        std::chrono::day(static_cast<unsigned>(*day))}
      .ok();
}

/// RFC 3339 `full-time`, with leap seconds only where they can be: 23:59:60 in UTC.
bool is_time(std::string_view text) {
  const auto hour = take_number(text, 2);
  if (!hour || *hour > 23 || !take(text, ":")) return false;
  const auto minute = take_number(text, 2);
  if (!minute || *minute > 59 || !take(text, ":")) return false;
  const auto second = take_number(text, 2);
  if (!second || *second > 60) return false;
  if (take(text, ".")) {
    if (text.empty() || !is_digit(text[0])) return false;
    text.remove_prefix(std::min(text.find_first_not_of("0123456789"), text.size()));
  }
  int offset = 0;
  if (!take(text, "zZ")) {
    const int sign = text.starts_with('-') ? -1 : 1;
    if (!take(text, "+-")) return false;
    const auto hours = take_number(text, 2);
    if (!hours || *hours > 23 || !take(text, ":")) return false;
    const auto minutes = take_number(text, 2);
    if (!minutes || *minutes > 59) return false;
    offset = sign * (*hours * 60 + *minutes);
  }
  if (!text.empty()) return false;
  constexpr int k_day = 24 * 60;
  const int in_utc = ((*hour * 60 + *minute - offset) % k_day + k_day) % k_day;
  return *second < 60 || in_utc == k_day - 1;
}

bool is_date_time(std::string_view text) {
  constexpr size_t k_date_size = 10;
  return text.size() > k_date_size && (text[k_date_size] | 0x20) == 't' && is_date(text.substr(0, k_date_size)) &&
         is_time(text.substr(k_date_size + 1));
}

bool is_hostname(std::string_view text) {
  if (text.empty() || text.size() > 253) return false;
  for (const std::string_view label : split(text, '.')) {
    if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-') return false;
    if (!std::all_of(label.begin(), label.end(), [](char c) { return is_letter(c) || is_digit(c) || c == '-'; })) return false;
  }
  return true;
}

bool is_ipv4(std::string_view text) {
  const auto parts = split(text, '.');
  return parts.size() == 4 && std::all_of(parts.begin(), parts.end(), [](std::string_view part) {
           if (part.empty() || part.size() > 3 || (part.size() > 1 && part[0] == '0')) return false;
           const auto value = take_number(part, part.size());
           return value && *value < 256;
         });
}

bool is_ipv6(std::string_view text) {
  size_t groups = 0;
  bool shortened = false;
  if (text.starts_with(':') && !text.starts_with("::")) return false;
  while (!text.empty()) {
    if (text.starts_with("::")) {
      if (shortened) return false;
      shortened = true;
      text.remove_prefix(2);
      if (text.starts_with(':')) return false;
      continue;
    }
    if (groups > 0 && text[0] == ':') text.remove_prefix(1);
    const size_t end = std::min(text.find(':'), text.size());
    const std::string_view group = text.substr(0, end);
    if (group.find('.') != std::string_view::npos) {
      if (end != text.size() || !is_ipv4(group)) return false;
      groups += 2;
    } else {
      if (group.empty() || group.size() > 4 || !std::all_of(group.begin(), group.end(), is_hex)) return false;
      ++groups;
    }
    text.remove_prefix(end);
    if (text == ":") return false;
  }
  return shortened ? groups < 8 : groups == 8;
}

/// RFC 5321 mailboxes: a dot-string or a quoted string, at a host name or an address literal.
bool is_email(std::string_view text) {
  const size_t at = text.rfind('@');
  if (at == std::string_view::npos || at == 0 || !is_ascii(text)) return false;
  const std::string_view local = text.substr(0, at);
  const std::string_view domain = text.substr(at + 1);
  if (local.size() >= 2 && local.front() == '"' && local.back() == '"') {
    for (size_t i = 1; i + 1 < local.size(); ++i) {
      if (local[i] == '"') return false;
      if (local[i] == '\\' && ++i + 1 >= local.size()) return false;
    }
  } else {
    static constexpr std::string_view k_special = "!#$%&'*+-/=?^_`{|}~";
    for (const std::string_view atom : split(local, '.')) {
      if (atom.empty()) return false;
      if (!std::all_of(atom.begin(), atom.end(),
                       [](char c) { return is_letter(c) || is_digit(c) || k_special.find(c) != std::string_view::npos; }))
        return false;
    }
  }
  if (domain.starts_with('[') && domain.ends_with(']')) {
    const std::string_view address = domain.substr(1, domain.size() - 2);
    return address.starts_with("IPv6:") ? is_ipv6(address.substr(5)) : is_ipv4(address);
  }
  return is_hostname(domain);
}

/// RFC 3986, appendix A.
bool is_uri_text(std::string_view text, std::string_view beside_unreserved) {
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '%') {
      if (i + 2 >= text.size() || !is_hex(text[i + 1]) || !is_hex(text[i + 2])) return false;
      i += 2;
    } else if (!is_letter(c) && !is_digit(c) && beside_unreserved.find(c) == std::string_view::npos) {
      return false;
    }
  }
  return true;
}

bool is_authority(std::string_view text) {
  constexpr std::string_view k_user = "-._~!$&'()*+,;=:";
  if (const size_t at = text.rfind('@'); at != std::string_view::npos) {
    if (!is_uri_text(text.substr(0, at), k_user)) return false;
    text.remove_prefix(at + 1);
  }
  std::string_view port;
  if (text.starts_with('[')) {
    const size_t end = text.find(']');
    if (end == std::string_view::npos) return false;
    const std::string_view address = text.substr(1, end - 1);
    const bool future = address.starts_with('v') && is_uri_text(address, k_user);
    if (!future && !is_ipv6(address)) return false;
    port = text.substr(end + 1);
  } else {
    const size_t colon = std::min(text.find(':'), text.size());
    if (!is_uri_text(text.substr(0, colon), "-._~!$&'()*+,;=")) return false;
    port = text.substr(colon);
  }
  if (port.empty()) return true;
  return port[0] == ':' && std::all_of(port.begin() + 1, port.end(), is_digit);
}

enum class Scheme { required, optional };

bool is_uri(std::string_view text, Scheme scheme) {
  constexpr std::string_view k_path = "-._~!$&'()*+,;=:@/";
  constexpr std::string_view k_query = "-._~!$&'()*+,;=:@/?";
  if (const size_t hash = text.find('#'); hash != std::string_view::npos) {
    if (!is_uri_text(text.substr(hash + 1), k_query)) return false;
    text = text.substr(0, hash);
  }
  if (const size_t mark = text.find('?'); mark != std::string_view::npos) {
    if (!is_uri_text(text.substr(mark + 1), k_query)) return false;
    text = text.substr(0, mark);
  }
  const size_t colon = text.find(':');
  const std::string_view name = text.substr(0, colon);
  const bool has_scheme =
      colon != std::string_view::npos && !name.empty() && is_letter(name[0]) &&
      std::all_of(name.begin(), name.end(), [](char c) { return is_letter(c) || is_digit(c) || c == '+' || c == '-' || c == '.'; });
  if (has_scheme) text.remove_prefix(colon + 1);
  else if (scheme == Scheme::required) return false;
  else if (colon < text.find('/')) return false;
  if (text.starts_with("//")) {
    const size_t end = std::min(text.find('/', 2), text.size());
    if (!is_authority(text.substr(2, end - 2))) return false;
    text.remove_prefix(end);
  }
  return is_uri_text(text, k_path);
}

bool is_uuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : !is_hex(text[i])) return false;
  }
  return true;
}

bool is_json_pointer(std::string_view text) {
  if (!text.empty() && text[0] != '/') return false;
  for (size_t i = text.find('~'); i != std::string_view::npos; i = text.find('~', i + 1))
    if (i + 1 >= text.size() || (text[i + 1] != '0' && text[i + 1] != '1')) return false;
  return true;
}

constexpr std::array<std::pair<std::string_view, Format>, 11> k_formats = {{{"date", Format::date},
                                                                            {"time", Format::time},
                                                                            {"date-time", Format::date_time},
                                                                            {"email", Format::email},
                                                                            {"uri", Format::uri},
                                                                            {"uri-reference", Format::uri_reference},
                                                                            {"ipv4", Format::ipv4},
                                                                            {"ipv6", Format::ipv6},
                                                                            {"uuid", Format::uuid},
                                                                            {"json-pointer", Format::json_pointer},
                                                                            {"regex", Format::regex}}};

}  // namespace

std::optional<Format> parse_format(std::string_view name) {
  for (const auto& [word, format] : k_formats)
    if (word == name) return format;
  return std::nullopt;
}

std::vector<std::string_view> format_names() {
  std::vector<std::string_view> names;
  for (const auto& [word, format] : k_formats) names.push_back(word);
  return names;
}

bool fits_format(Format format, std::string_view text) {
  switch (format) {
    case Format::date: return is_date(text);
    case Format::time: return is_time(text);
    case Format::date_time: return is_date_time(text);
    case Format::email: return is_email(text);
    case Format::uri: return is_uri(text, Scheme::required);
    case Format::uri_reference: return is_uri(text, Scheme::optional);
    case Format::ipv4: return is_ipv4(text);
    case Format::ipv6: return is_ipv6(text);
    case Format::uuid: return is_uuid(text);
    case Format::json_pointer: return is_json_pointer(text);
    case Format::regex: return Pattern::compile(text).has_value();
  }
  return true;
}

std::string_view describe_format(Format format) {
  switch (format) {
    case Format::date: return "a date such as `2026-11-23`";
    case Format::time: return "a time such as `14:30:00Z`";
    case Format::date_time: return "a point in time such as `2026-11-23T14:30:00Z`";
    case Format::email: return "an e-mail address such as `team@example.com`";
    case Format::uri: return "a URI such as `https://example.com/data`";
    case Format::uri_reference: return "a URI or a path relative to one";
    case Format::ipv4: return "an IPv4 address such as `192.0.2.1`";
    case Format::ipv6: return "an IPv6 address such as `2001:db8::1`";
    case Format::uuid: return "a UUID";
    case Format::json_pointer: return "a JSON pointer such as `/inputs/0`";
    case Format::regex: return "a regular expression of ECMA-262";
  }
  return {};
}

}  // namespace mops::policy
