// Any bytes as messages of HTTP/1.1, from both sides: however they are cut into pieces, they mean the same; a second reader that
// goes line by line takes exactly the same heads and bodies; and what the gateway sends on means the same to whoever reads it.
// The first byte says the side and how long the pieces are.
#include "base/text.h"
#include "gateway/forward.h"
#include "net/http1.h"

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <utility>

using namespace mops;
using namespace mops::net;

namespace {

constexpr HeadLimits k_limits{.bytes = 700, .fields = 12};

void expect(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "finding: %s\n", what);
  std::abort();
}

bool only_of(std::string_view text, bool (*is_good)(unsigned char)) {
  for (const char c : text) {
    if (!is_good(static_cast<unsigned char>(c))) return false;
  }
  return true;
}

bool is_digit(unsigned char c) { return c >= '0' && c <= '9'; }
bool is_tchar(unsigned char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c != 0 && std::string_view("!#$%&'*+-.^_`|~").find(static_cast<char>(c)) != std::string_view::npos);
}
bool is_value(unsigned char c) { return c == '\t' || (c >= ' ' && c != 0x7f); }
bool is_target(unsigned char c) { return c > ' ' && c < 0x7f && c != '#'; }

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

std::string_view without_blanks(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
  return text.substr(0, text.find_last_not_of(" \t") + 1);
}

std::vector<std::string> members(std::string_view list) {
  std::vector<std::string> out;
  for (size_t begin = 0; begin <= list.size();) {
    const size_t comma = std::min(list.find(',', begin), list.size());
    const std::string_view member = without_blanks(list.substr(begin, comma - begin));
    if (!member.empty()) out.push_back(lower(member));
    begin = comma + 1;
  }
  return out;
}

/// A head as RFC 9112 has it, minus what a strict reader refuses.
struct PlainHead {
  Progress verdict = Progress::more;
  size_t size = 0;
  std::string method, target, authority;
  int status = 0;
  bool is_1_0 = false;
  std::vector<std::pair<std::string_view, std::string_view>> fields;

  PlainHead(Side side, std::string_view text) : side_(side) { read(text); }

  [[nodiscard]] std::vector<std::string_view> values(std::string_view name) const {
    std::vector<std::string_view> out;
    for (const auto& [key, value] : fields) {
      if (lower(key) == name) out.push_back(value);
    }
    return out;
  }

  [[nodiscard]] bool has_option(std::string_view wanted) const {
    for (const std::string_view list : values("connection")) {
      for (const std::string& option : members(list)) {
        if (option == wanted) return true;
      }
    }
    return false;
  }

  [[nodiscard]] bool keep_alive() const { return !has_option("close") && (!is_1_0 || has_option("keep-alive")); }

  [[nodiscard]] BodyFraming framing() const {
    if (side_ == Side::response && (status < 200 || status == 204 || status == 304)) return {};
    if (!values("transfer-encoding").empty()) return {.kind = BodyKind::chunked};
    const auto lengths = values("content-length");
    if (lengths.empty()) return {.kind = side_ == Side::request ? BodyKind::none : BodyKind::until_close};
    const uint64_t length = std::strtoull(std::string(lengths[0]).c_str(), nullptr, 10);
    return length == 0 ? BodyFraming{} : BodyFraming{.kind = BodyKind::length, .length = length};
  }

 private:
  void read(std::string_view text) {
    if (!text.empty() && text[0] != '\r' && !is_tchar(static_cast<unsigned char>(text[0]))) {
      verdict = Progress::bad;
      return;
    }
    bool forgiven = side_ == Side::response;
    bool has_start = false;
    for (size_t begin = 0; begin < text.size();) {
      const size_t end = text.find('\n', begin);
      if (std::min(end, text.size()) >= k_limits.bytes) return refuse();
      if (end == std::string_view::npos) break;
      if (end == begin || text[end - 1] != '\r') return refuse();
      const std::string_view line = text.substr(begin, end - 1 - begin);
      begin = size = end + 1;
      if (!has_start && line.empty()) {
        if (std::exchange(forgiven, true)) return refuse();
        if (begin < text.size() && text[begin] != '\r' && !is_tchar(static_cast<unsigned char>(text[begin]))) return refuse();
      } else if (!has_start) {
        if (!(side_ == Side::request ? request_line(line) : status_line(line))) return refuse();
        has_start = true;
      } else if (line.empty()) {
        verdict = whole() ? Progress::done : Progress::bad;
        return;
      } else if (fields.size() == k_limits.fields || !field(line)) {
        return refuse();
      }
    }
  }

  void refuse() { verdict = Progress::bad; }

  bool request_line(std::string_view line) {
    const size_t first = line.find(' ');
    const size_t second = first == std::string_view::npos ? first : line.find(' ', first + 1);
    if (second == std::string_view::npos || line.find(' ', second + 1) != std::string_view::npos) return false;
    method = line.substr(0, first);
    target = line.substr(first + 1, second - first - 1);
    const std::string_view version = line.substr(second + 1);
    is_1_0 = version == "HTTP/1.0";
    if (method.empty() || method.size() > 32 || !only_of(method, is_tchar) || !only_of(target, is_target)) return false;
    if (!is_1_0 && version != "HTTP/1.1") return false;
    if (target.starts_with('/') || (target == "*" && method == "OPTIONS")) return true;
    const size_t colon = target.find("://");
    if (colon == std::string::npos || (lower(target.substr(0, colon)) != "http" && lower(target.substr(0, colon)) != "https")) return false;
    const std::string rest = target.substr(colon + 3);
    const size_t slash = std::min(rest.find_first_of("/?"), rest.size());
    authority = rest.substr(0, slash);
    target = rest.substr(slash);
    if (target.empty()) target = "/";
    return target[0] == '/' && is_host(authority) && !authority.empty();
  }

  bool status_line(std::string_view line) {
    is_1_0 = line.starts_with("HTTP/1.0 ");
    if (!is_1_0 && !line.starts_with("HTTP/1.1 ")) return false;
    const std::string_view code = line.substr(9, 3);
    if (code.size() != 3 || !only_of(code, is_digit) || code[0] < '1' || code[0] > '5') return false;
    status = std::atoi(std::string(code).c_str());
    return line.size() == 12 || (line[12] == ' ' && only_of(line.substr(13), is_value));
  }

  static bool is_host(std::string_view text) { return text.find_first_of(" \t,/@?#") == std::string_view::npos; }

  bool field(std::string_view line) {
    const size_t colon = line.find(':');
    if (colon == 0 || colon == std::string_view::npos || !only_of(line.substr(0, colon), is_tchar)) return false;
    fields.emplace_back(line.substr(0, colon), without_blanks(line.substr(colon + 1)));
    const std::string name = lower(fields.back().first);
    const std::string_view value = fields.back().second;
    if (!only_of(value, is_value)) return false;
    if (name == "content-length") return !value.empty() && value.size() <= 18 && only_of(value, is_digit) && values(name).size() == 1;
    if (name == "transfer-encoding") return lower(value) == "chunked" && values(name).size() == 1;
    if (name == "connection") {
      for (const std::string& option : members(value)) {
        if (!only_of(option, is_tchar)) return false;
      }
    }
    if (side_ == Side::response) return true;
    if (name == "host") return is_host(value) && values(name).size() == 1;
    return name != "expect" || lower(value) == "100-continue";
  }

  bool whole() {
    const bool chunked = !values("transfer-encoding").empty();
    if (chunked && (is_1_0 || !values("content-length").empty())) return false;
    return side_ == Side::response || is_1_0 || !values("host").empty();
  }

  Side side_;
};

/// The chunks of a body, line by line. What is not yet whole is `more`, also where a bad end can be foreseen.
struct PlainChunks {
  Progress verdict = Progress::more;
  size_t size = 0;
  std::string payload;

  explicit PlainChunks(std::string_view text) { read(text); }

 private:
  void read(std::string_view text) {
    while (const auto line = next_line(text)) {
      const size_t digits = std::min(line->find(';'), line->size());
      const std::string count(line->substr(0, digits));
      const bool is_count = !count.empty() && count.size() <= 15 && only_of(count, [](unsigned char c) { return std::isxdigit(c) != 0; });
      if (!is_count || !only_of(line->substr(digits), is_value)) return refuse();
      const uint64_t bytes = std::strtoull(count.c_str(), nullptr, 16);
      if (bytes == 0) return trailers(text);
      payload += text.substr(size, bytes);
      if (text.size() - size < bytes + 2) {
        const std::string_view end = text.substr(std::min<size_t>(size + bytes, text.size()));
        if (!end.empty() && end[0] != '\r') refuse();
        return;
      }
      size += bytes;
      if (text.substr(size, 2) != "\r\n") return refuse();
      size += 2;
    }
  }

  void refuse() { verdict = Progress::bad; }

  /// Nothing: the line is not whole, or (then it is bad) its end is no CR LF.
  std::optional<std::string_view> next_line(std::string_view text) {
    const size_t end = text.find_first_of("\r\n", size);
    if (end == std::string_view::npos || end + 1 == text.size()) return std::nullopt;
    if (text.substr(end, 2) != "\r\n") {
      refuse();
      return std::nullopt;
    }
    const std::string_view line = text.substr(size, end - size);
    size = end + 2;
    return line;
  }

  void trailers(std::string_view text) {
    while (const auto line = next_line(text)) {
      if (line->empty()) {
        verdict = Progress::done;
        return;
      }
      const size_t colon = line->find(':');
      if (colon == 0 || colon == std::string_view::npos || !only_of(line->substr(0, colon), is_tchar) || !only_of(line->substr(colon), is_value)) return refuse();
    }
  }
};

/// Feeds a head in pieces, each time at another place in memory.
Progress read_head(HeadParser& head, std::string_view text, size_t piece, std::string& memory) {
  for (size_t size = std::min(piece, text.size());; size = std::min(size + piece, text.size())) {
    std::string moved(text.substr(0, size));
    const Progress progress = head.parse(moved);
    memory = std::move(moved);
    head.rebase(memory.data());
    if (progress != Progress::more || size == text.size()) return progress;
  }
}

void check_head(const HeadParser& head, const PlainHead& plain, Side side) {
  expect(head.size() == plain.size, "the readers differ about where the head ends");
  expect(head.field_count() == plain.fields.size(), "the readers differ about the number of fields");
  for (size_t i = 0; i < head.field_count(); ++i) {
    expect(head.field(i).name == plain.fields[i].first && head.field(i).value == plain.fields[i].second, "the readers differ about a field");
  }
  expect(head.keep_alive() == plain.keep_alive(), "the readers differ about the connection");
  if (side == Side::request) {
    expect(head.method() == plain.method && head.target() == plain.target && head.authority() == plain.authority, "the readers differ about the request line");
    expect(head.request_framing() == plain.framing(), "the readers differ about the body of a request");
  } else {
    expect(head.status() == plain.status, "the readers differ about the status");
    expect(head.response_framing(AnswerTo::other) == plain.framing(), "the readers differ about the body of an answer");
    expect(head.response_framing(AnswerTo::head).kind == BodyKind::none, "an answer to HEAD has a body");
  }
}

/// What goes on is sound, and has the fields that are meant for the other end, in their order.
void check_forwarded(Side side, const PlainHead& from, std::string_view forwarded, const HeadParser& again) {
  expect(again.size() == forwarded.size(), "what is sent on ends too early");
  std::vector<std::pair<std::string_view, std::string_view>> wanted;
  static const std::vector<std::string> one_hop{"te", "trailer", "upgrade", "connection", "keep-alive", "proxy-connection", "proxy-authenticate", "proxy-authorization",
                                                "transfer-encoding", "content-length", "x-request-id", "x-mops-served-by"};
  const auto goes_on = [&](std::string_view name) {
    const std::string key = lower(name);
    const bool of_request = side == Side::request && (key == "host" || key == "expect");
    return std::find(one_hop.begin(), one_hop.end(), key) == one_hop.end() && !of_request;
  };
  for (const auto& [name, value] : from.fields) {
    if (goes_on(name) && !from.has_option(lower(name))) wanted.emplace_back(name, value);
  }
  std::vector<std::pair<std::string_view, std::string_view>> found;
  for (size_t i = 0; i < again.field_count(); ++i) {
    const HeadParser::Field field = again.field(i);
    expect(field.kind != FieldKind::hop_by_hop && (field.kind != FieldKind::connection || side == Side::response), "a field of one hop is sent on");
    if (goes_on(field.name)) found.emplace_back(field.name, field.value);
  }
  expect(found == wanted, "fields get lost, are added or change on the way");
  expect(again.find("x-request-id") == "id", "X-Request-Id is not ours");
}

void check_request_forwarded(const HeadParser& head, const PlainHead& plain) {
  BufferPool pool;
  Buffer out(pool);
  gateway::write_request_head(head, "id", out);
  out.append("\r\n");
  HeadParser again(Side::request);
  expect(again.parse(out.view()) == Progress::done, "a request that is sent on is not sound");
  expect(again.method() == plain.method && again.target() == plain.target, "the request line changes on the way");
  expect(again.request_framing().kind == BodyKind::none, "a request has a framing that is not the gateway's own");
  const auto hosts = plain.values("host");
  const std::string_view host = !plain.authority.empty() ? std::string_view(plain.authority) : hosts.empty() ? "localhost" : hosts[0];
  expect(again.find("host") == host, "Host changes on the way");
  check_forwarded(Side::request, plain, out.view(), again);
}

void check_answer_forwarded(const HeadParser& head, const PlainHead& plain) {
  if (plain.status < 200) return;
  BodyFraming framing = plain.framing();
  if (framing.kind == BodyKind::until_close) framing.kind = BodyKind::chunked;
  BufferPool pool;
  Buffer out(pool);
  gateway::write_response_head(head, {.framing = framing, .request_id = "id", .served_by = "1.0.0"}, out);
  HeadParser again(Side::response);
  expect(again.parse(out.view()) == Progress::done, "an answer that is sent on is not sound");
  expect(again.status() == plain.status && again.reason() == head.reason(), "the status changes on the way");
  expect(again.response_framing(AnswerTo::other) == framing, "the body of an answer changes its framing on the way");
  expect(again.keep_alive() && again.find("x-mops-served-by") == "1.0.0", "an answer does not say what the gateway says");
  check_forwarded(Side::response, plain, out.view(), again);
}

void check_chunks(std::string_view text, size_t piece) {
  const PlainChunks plain(text);
  BodyDecoder decoder;
  decoder.start({.kind = BodyKind::chunked});
  Progress progress = Progress::more;
  std::string payload;
  size_t consumed = 0;
  for (size_t given = std::min(piece, text.size());; given = std::min(given + piece, text.size())) {
    while (progress == Progress::more) {
      const std::string part(text.substr(consumed, given - consumed));
      const BodyDecoder::Step step = decoder.next(part);
      expect(step.payload.empty() || (step.payload.data() >= part.data() && step.payload.data() + step.payload.size() <= part.data() + step.consumed),
             "the payload lies outside of what was consumed");
      payload += step.payload;
      consumed += step.consumed;
      progress = step.progress;
      if (step.consumed == 0) break;
    }
    if (progress != Progress::more || given == text.size()) break;
  }
  if (progress == Progress::bad) {
    expect(plain.verdict != Progress::done, "chunks are refused that are sound");
    return;
  }
  expect(progress == plain.verdict, "the readers differ about the end of the chunks");
  expect(payload == plain.payload, "the readers differ about what is in the chunks");
  if (progress == Progress::done) expect(consumed == plain.size && decoder.next("x").consumed == 0, "the chunks eat what comes after them");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const Side side = (data[0] & 1) != 0 ? Side::response : Side::request;
  const size_t piece = 1 + (data[0] >> 1);
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const PlainHead plain(side, text);
  for (const size_t bytes : {piece, std::max<size_t>(text.size(), 1)}) {
    HeadParser head(side, k_limits);
    std::string memory;
    const Progress progress = read_head(head, text, bytes, memory);
    expect(progress == plain.verdict, "the readers differ about a head");
    if (progress == Progress::bad) expect(head.problem().status >= 400 && !head.problem().text.empty(), "a head is refused without a reason");
    if (progress != Progress::done) continue;
    check_head(head, plain, side);
    side == Side::request ? check_request_forwarded(head, plain) : check_answer_forwarded(head, plain);
    if (plain.framing().kind == BodyKind::chunked) check_chunks(text.substr(plain.size), bytes);
  }
  check_chunks(text, piece);
  return 0;
}
