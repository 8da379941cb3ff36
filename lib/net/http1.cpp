#include "net/http1.h"

#include <array>
#include <cstring>

namespace mops::net {

namespace {

constexpr uint8_t k_token = 1;  // RFC 9110, 5.6.2
constexpr uint8_t k_value = 2;  // field-vchar, SP, HTAB, obs-text
constexpr uint8_t k_target = 4;

constexpr std::array<uint8_t, 256> make_classes() {
  std::array<uint8_t, 256> classes{};
  for (int c = 0; c < 256; ++c) {
    uint8_t bits = 0;
    const bool alphanumeric = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (alphanumeric || (c > 0 && c < 127 && std::string_view("!#$%&'*+-.^_`|~").find(static_cast<char>(c)) != std::string_view::npos)) {
      bits |= k_token;
    }
    if (c == '\t' || (c >= 32 && c != 127)) bits |= k_value;
    if (c > 32 && c < 127) bits |= k_target;
    classes[static_cast<size_t>(c)] = bits;
  }
  return classes;
}
constexpr auto k_classes = make_classes();

bool all(std::string_view text, uint8_t bits) {
  for (const char c : text) {
    if (!(k_classes[static_cast<uint8_t>(c)] & bits)) return false;
  }
  return true;
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

std::string_view trim_blanks(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

FieldKind kind_of(std::string_view name) {
  const auto is = [name](std::string_view known) { return equals_ignoring_case(name, known); };
  switch (name.size()) {
    case 2: return is("te") ? FieldKind::hop_by_hop : FieldKind::other;
    case 4: return is("host") ? FieldKind::host : FieldKind::other;
    case 6: return is("expect") ? FieldKind::expect : FieldKind::other;
    case 7: return is("trailer") || is("upgrade") ? FieldKind::hop_by_hop : FieldKind::other;
    case 10: return is("connection") ? FieldKind::connection : is("keep-alive") ? FieldKind::hop_by_hop : FieldKind::other;
    case 12: return is("x-request-id") ? FieldKind::request_id : FieldKind::other;
    case 14: return is("content-length") ? FieldKind::content_length : FieldKind::other;
    case 16:
      return is("proxy-connection") ? FieldKind::hop_by_hop : is("x-mops-served-by") ? FieldKind::served_by : FieldKind::other;
    case 17: return is("transfer-encoding") ? FieldKind::transfer_encoding : FieldKind::other;
    case 18: return is("proxy-authenticate") ? FieldKind::hop_by_hop : FieldKind::other;
    case 19: return is("proxy-authorization") ? FieldKind::hop_by_hop : FieldKind::other;
    default: return FieldKind::other;
  }
}

bool is_host(std::string_view text) { return text.find_first_of(" \t,/@?#") == std::string_view::npos; }

template <typename Callback>
bool for_each_option(std::string_view list, const Callback& callback) {
  while (true) {
    const size_t comma = list.find(',');
    const std::string_view option = trim_blanks(list.substr(0, comma));
    if (!option.empty() && !callback(option)) return false;
    if (comma == std::string_view::npos) return true;
    list.remove_prefix(comma + 1);
  }
}

}  // namespace

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    if (lower(a[i]) != lower(b[i])) return false;
  }
  return true;
}

bool is_token(std::string_view text) { return !text.empty() && all(text, k_token); }

void HeadParser::reset() {
  std::vector<StoredField> fields = std::move(fields_);
  fields.clear();
  *this = HeadParser(side_, limits_);
  fields_ = std::move(fields);
}

Progress HeadParser::refuse(int status, std::string_view text) {
  problem_ = {.status = status, .text = text};
  return Progress::bad;
}

Progress HeadParser::parse(std::string_view bytes) {
  base_ = bytes.data();
  while (scanned_ < bytes.size()) {
    const bool at_start = !has_start_line_ && scanned_ == line_begin_;
    if (at_start && bytes[line_begin_] != '\r' && !(k_classes[static_cast<uint8_t>(bytes[line_begin_])] & k_token)) {
      return refuse(400, "this does not start like HTTP/1.1");
    }
    const void* found = std::memchr(bytes.data() + scanned_, '\n', bytes.size() - scanned_);
    const size_t end = found ? static_cast<size_t>(static_cast<const char*>(found) - bytes.data()) : bytes.size();
    if (end >= limits_.bytes) return has_start_line_ ? refuse(431, "the head is too large") : refuse(414, "the request line is too long");
    scanned_ = static_cast<uint32_t>(end);
    if (!found) return Progress::more;
    if (end == line_begin_ || bytes[end - 1] != '\r') return refuse(400, "a line ends with LF instead of CR LF");
    const uint32_t begin = line_begin_;
    const uint32_t length_end = static_cast<uint32_t>(end - 1);
    scanned_ = line_begin_ = static_cast<uint32_t>(end + 1);
    if (!has_start_line_) {
      // RFC 9112, 2.2: one empty line in front of a request is forgiven; older clients sent it after a body.
      if (begin == length_end) {
        if (side_ == Side::request && begin == 0) continue;
        return refuse(400, "an empty line stands where the start line belongs");
      }
      if (!start_line(begin, length_end)) return Progress::bad;
      has_start_line_ = true;
    } else if (begin == length_end) {
      return finish() ? Progress::done : Progress::bad;
    } else if (!field_line(begin, length_end)) {
      return Progress::bad;
    }
  }
  return Progress::more;
}

bool HeadParser::start_line(uint32_t begin, uint32_t end) {
  const std::string_view line(base_ + begin, end - begin);
  const bool good = side_ == Side::request ? request_line(line, begin) : status_line(line, begin);
  if (!good && problem_.text.empty()) refuse(400, side_ == Side::request ? "the request line is damaged" : "the status line is damaged");
  return good;
}

bool HeadParser::request_line(std::string_view line, uint32_t begin) {
  const size_t first = line.find(' ');
  const size_t last = line.rfind(' ');
  if (first == std::string_view::npos || first == last || first > 32) return false;
  const std::string_view version = line.substr(last + 1);
  if (version == "HTTP/1.1") {
    version_ = HttpVersion::http_1_1;
  } else if (version == "HTTP/1.0") {
    version_ = HttpVersion::http_1_0;
  } else {
    const bool is_http = version.size() == 8 && version.starts_with("HTTP/") && version[5] >= '0' && version[5] <= '9' &&
                         version[6] == '.' && version[7] >= '0' && version[7] <= '9';
    if (is_http) refuse(505, "only HTTP/1.0 and HTTP/1.1 are spoken here");
    return false;
  }
  method_ = {begin, static_cast<uint32_t>(first)};
  const Slice target{static_cast<uint32_t>(begin + first + 1), static_cast<uint32_t>(last - first - 1)};
  return is_token(text(method_)) && all(text(target), k_target) && request_target(target);
}

bool HeadParser::request_target(Slice slice) {
  const std::string_view target = text(slice);
  if (target.find('#') != std::string_view::npos) return false;
  if (target.starts_with('/') || (target == "*" && method() == "OPTIONS")) {
    target_ = slice;
    return true;
  }
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (target.size() < scheme.size() || !equals_ignoring_case(target.substr(0, scheme.size()), scheme)) continue;
    const size_t path = std::min(target.find_first_of("/?", scheme.size()), target.size());
    authority_ = {slice.begin + static_cast<uint32_t>(scheme.size()), static_cast<uint32_t>(path - scheme.size())};
    target_ = {slice.begin + static_cast<uint32_t>(path), static_cast<uint32_t>(target.size() - path)};
    const bool rooted = target_.length == 0 || target[path] == '/';
    return rooted && authority_.length > 0 && is_host(authority());
  }
  return false;
}

bool HeadParser::status_line(std::string_view line, uint32_t begin) {
  if (line.starts_with("HTTP/1.1 ")) {
    version_ = HttpVersion::http_1_1;
  } else if (line.starts_with("HTTP/1.0 ")) {
    version_ = HttpVersion::http_1_0;
  } else {
    return false;
  }
  if (line.size() < 12 || (line.size() > 12 && line[12] != ' ')) return false;
  for (size_t i = 9; i < 12; ++i) {
    if (line[i] < '0' || line[i] > '9') return false;
    status_ = status_ * 10 + (line[i] - '0');
  }
  if (line.size() > 13) reason_ = {begin + 13, static_cast<uint32_t>(line.size() - 13)};
  return status_ >= 100 && status_ < 600 && all(text(reason_), k_value);
}

bool HeadParser::field_line(uint32_t begin, uint32_t end) {
  const std::string_view line(base_ + begin, end - begin);
  if (fields_.size() >= limits_.fields) {
    refuse(431, "the head has too many fields");
    return false;
  }
  if (line.front() == ' ' || line.front() == '\t') {
    refuse(400, "a field is folded over two lines");
    return false;
  }
  size_t colon = 0;
  while (colon < line.size() && (k_classes[static_cast<uint8_t>(line[colon])] & k_token)) ++colon;
  if (colon == 0 || colon == line.size() || line[colon] != ':') {
    refuse(400, colon > 0 && colon < line.size() && (line[colon] == ' ' || line[colon] == '\t') ? "there is white space before a colon"
                                                                                             : "a field name is damaged");
    return false;
  }
  const std::string_view value = trim_blanks(line.substr(colon + 1));
  if (!all(value, k_value)) {
    refuse(400, "a field value has a control character");
    return false;
  }
  const StoredField field{.name = {begin, static_cast<uint32_t>(colon)},
                          .value = {static_cast<uint32_t>(value.data() - base_), static_cast<uint32_t>(value.size())},
                          .kind = kind_of(line.substr(0, colon))};
  fields_.push_back(field);
  return field.kind == FieldKind::other || known_field(field);
}

bool HeadParser::known_field(const StoredField& field) {
  const std::string_view value = text(field.value);
  switch (field.kind) {
    case FieldKind::host:
      if (side_ == Side::response) return true;
      if (has_host_ || !is_host(value)) {
        refuse(400, has_host_ ? "Host is there twice" : "Host is damaged");
        return false;
      }
      has_host_ = true;
      return true;
    case FieldKind::content_length: {
      const bool twice = std::exchange(has_length_, true);
      bool good = !twice && !value.empty() && value.size() <= 18;
      for (const char c : value) {
        if (c < '0' || c > '9') good = false;
        if (good) length_ = length_ * 10 + static_cast<uint64_t>(c - '0');
      }
      if (!good) refuse(400, twice ? "Content-Length is there twice" : "Content-Length is not a number");
      return good;
    }
    case FieldKind::transfer_encoding:
      if (chunked_ || !equals_ignoring_case(value, "chunked")) {
        const bool damaged = chunked_ || value.empty() || equals_ignoring_case(value.substr(0, 7), "chunked");
        refuse(damaged ? 400 : 501, damaged ? "Transfer-Encoding is damaged" : "chunked is the only transfer coding that is known here");
        return false;
      }
      chunked_ = true;
      return true;
    case FieldKind::expect:
      if (side_ == Side::response) return true;
      if (!equals_ignoring_case(value, "100-continue")) {
        refuse(417, "100-continue is the only expectation that can be met");
        return false;
      }
      expects_continue_ = true;
      return true;
    case FieldKind::connection: return connection_field(value);
    default: return true;
  }
}

bool HeadParser::connection_field(std::string_view value) {
  return for_each_option(value, [this](std::string_view option) {
    if (!is_token(option)) {
      refuse(400, "Connection is damaged");
      return false;
    }
    if (equals_ignoring_case(option, "close")) {
      close_ = true;
    } else if (equals_ignoring_case(option, "keep-alive")) {
      keep_alive_ = true;
    } else {
      has_options_ = true;
    }
    return true;
  });
}

bool HeadParser::finish() {
  if (chunked_ && has_length_) {
    refuse(400, "Content-Length stands beside Transfer-Encoding");
    return false;
  }
  if (chunked_ && version_ == HttpVersion::http_1_0) {
    refuse(400, "HTTP/1.0 has no Transfer-Encoding");
    return false;
  }
  if (side_ == Side::request && version_ == HttpVersion::http_1_1 && !has_host_) {
    refuse(400, "Host is missing");
    return false;
  }
  if (version_ == HttpVersion::http_1_0) expects_continue_ = false;
  return true;
}

std::string_view HeadParser::target() const { return target_.length == 0 ? std::string_view("/") : text(target_); }
std::string_view HeadParser::path() const { return target().substr(0, target().find('?')); }

std::string_view HeadParser::query() const {
  const size_t mark = target().find('?');
  return mark == std::string_view::npos ? std::string_view() : target().substr(mark + 1);
}

BodyFraming HeadParser::request_framing() const {
  if (chunked_) return {.kind = BodyKind::chunked};
  if (has_length_ && length_ > 0) return {.kind = BodyKind::length, .length = length_};
  return {};
}

BodyFraming HeadParser::response_framing(AnswerTo to) const {
  if (to == AnswerTo::head || status_ < 200 || status_ == 204 || status_ == 304) return {};
  if (chunked_) return {.kind = BodyKind::chunked};
  if (has_length_) return length_ > 0 ? BodyFraming{.kind = BodyKind::length, .length = length_} : BodyFraming{};
  return {.kind = BodyKind::until_close};
}

HeadParser::Field HeadParser::field(size_t index) const {
  const StoredField& stored = fields_[index];
  return {.name = text(stored.name), .value = text(stored.value), .kind = stored.kind};
}

std::string_view HeadParser::find(std::string_view name) const {
  for (const StoredField& stored : fields_) {
    if (equals_ignoring_case(text(stored.name), name)) return text(stored.value);
  }
  return {};
}

bool HeadParser::is_connection_option(std::string_view name) const {
  if (!has_options_) return false;
  for (const StoredField& stored : fields_) {
    if (stored.kind != FieldKind::connection) continue;
    const bool absent = for_each_option(text(stored.value), [name](std::string_view option) { return !equals_ignoring_case(option, name); });
    if (!absent) return true;
  }
  return false;
}

}  // namespace mops::net
