#include "net/http1.h"

#include "base/character.h"

#include <algorithm>

namespace mops::net {

namespace {

/// Extensions and trailers of one body together; nobody needs them, and endless ones are an attack.
constexpr uint32_t k_max_overhead = 8 * 1024;
constexpr uint32_t k_max_size_digits = 15;

bool is_text(char c) { return c == '\t' || (static_cast<uint8_t>(c) >= 32 && c != 127); }

}  // namespace

void BodyDecoder::start(BodyFraming framing) {
  *this = BodyDecoder();
  left_ = framing.length;
  switch (framing.kind) {
    case BodyKind::none: state_ = State::done; break;
    case BodyKind::length: state_ = framing.length > 0 ? State::length : State::done; break;
    case BodyKind::chunked: state_ = State::size_start; break;
    case BodyKind::until_close: state_ = State::until_close; break;
  }
}

BodyDecoder::Step BodyDecoder::next(std::string_view bytes) {
  switch (state_) {
    case State::done: return {.progress = Progress::done};
    case State::bad: return {.progress = Progress::bad};
    case State::until_close: return {.consumed = bytes.size(), .payload = bytes};
    case State::length: {
      const size_t taken = static_cast<size_t>(std::min<uint64_t>(left_, bytes.size()));
      left_ -= taken;
      if (left_ == 0) state_ = State::done;
      return {.consumed = taken, .payload = bytes.substr(0, taken), .progress = done() ? Progress::done : Progress::more};
    }
    default: return chunked(bytes);
  }
}

BodyDecoder::Step BodyDecoder::chunked(std::string_view bytes) {
  size_t at = 0;
  while (at < bytes.size()) {
    if (state_ == State::data) {
      const size_t taken = static_cast<size_t>(std::min<uint64_t>(left_, bytes.size() - at));
      left_ -= taken;
      if (left_ == 0) state_ = State::data_cr;
      return {.consumed = at + taken, .payload = bytes.substr(at, taken)};
    }
    if (!framing_byte(bytes[at])) return {.consumed = at, .progress = Progress::bad};
    ++at;
    if (state_ == State::done) return {.consumed = at, .progress = Progress::done};
  }
  return {.consumed = at};
}

bool BodyDecoder::framing_byte(char c) {
  const auto counted = [this] { return ++overhead_ <= k_max_overhead || refuse("the extensions and trailers of the chunks are too long"); };
  switch (state_) {
    case State::size_start:
    case State::size: {
      const int digit = hex_value(c);
      if (digit >= 0) {
        if (++digits_ > k_max_size_digits) return refuse("a chunk is too large");
        left_ = left_ * 16 + static_cast<uint64_t>(digit);
        state_ = State::size;
        return true;
      }
      if (state_ == State::size_start) return refuse("a chunk has no size");
      if (c == '\r') {
        state_ = State::size_lf;
        return true;
      }
      if (c != ';') return refuse("the size of a chunk is damaged");
      state_ = State::extension;
      return counted();
    }
    case State::extension:
      if (c == '\r') {
        state_ = State::size_lf;
        return true;
      }
      return is_text(c) ? counted() : refuse("the extension of a chunk is damaged");
    case State::size_lf:
      if (c != '\n') return refuse("the size of a chunk does not end with CR LF");
      digits_ = 0;
      state_ = left_ == 0 ? State::trailer_start : State::data;
      return true;
    case State::data_cr:
      if (c != '\r') return refuse("a chunk is longer than its size");
      state_ = State::data_lf;
      return true;
    case State::data_lf:
      if (c != '\n') return refuse("a chunk is longer than its size");
      state_ = State::size_start;
      return true;
    case State::trailer_start:
      if (c == '\r') {
        state_ = State::last_lf;
        return true;
      }
      if (!is_token({&c, 1})) return refuse("a trailer is damaged");
      state_ = State::trailer_name;
      return counted();
    case State::trailer_name:
      if (c == ':') {
        state_ = State::trailer_value;
      } else if (!is_token({&c, 1})) {
        return refuse("a trailer is damaged");
      }
      return counted();
    case State::trailer_value:
      if (c == '\r') {
        state_ = State::trailer_lf;
        return true;
      }
      return is_text(c) ? counted() : refuse("a trailer is damaged");
    case State::trailer_lf:
      if (c != '\n') return refuse("a trailer is damaged");
      state_ = State::trailer_start;
      return true;
    case State::last_lf:
      if (c != '\n') return refuse("the end of the chunks is damaged");
      state_ = State::done;
      return true;
    default: return false;
  }
}

bool BodyDecoder::refuse(std::string_view text) {
  state_ = State::bad;
  problem_ = text;
  return false;
}

std::string_view reason_phrase(int status) {
  switch (status) {
    case 100: return "Continue";
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 304: return "Not Modified";
    case 400: return "Bad Request";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 413: return "Content Too Large";
    case 414: return "URI Too Long";
    case 415: return "Unsupported Media Type";
    case 417: return "Expectation Failed";
    case 422: return "Unprocessable Content";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    case 505: return "HTTP Version Not Supported";
    default: return "Unknown";
  }
}

bool percent_decode(std::string_view text, std::string& out) {
  out.clear();
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out.push_back(text[i]);
      continue;
    }
    if (i + 2 >= text.size()) return false;
    const int high = hex_value(text[i + 1]);
    const int low = hex_value(text[i + 2]);
    if (high < 0 || low < 0 || high * 16 + low == 0) return false;
    out.push_back(static_cast<char>(high * 16 + low));
    i += 2;
  }
  return true;
}

}  // namespace mops::net
