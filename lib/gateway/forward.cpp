#include "gateway/forward.h"

#include <array>
#include <charconv>

namespace mops::gateway {

using net::BodyKind;
using net::FieldKind;

namespace {

void write_field(std::string_view name, std::string_view value, net::Buffer& out) {
  out.append(name);
  out.append(": ");
  out.append(value);
  out.append("\r\n");
}

void write_number(uint64_t number, int base, net::Buffer& out) {
  std::array<char, 24> digits{};
  const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), number, base);
  out.append({digits.data(), static_cast<size_t>(end - digits.data())});
}

}  // namespace

void write_request_head(const net::HeadParser& head, std::string_view request_id, net::Buffer& out) {
  out.append(head.method());
  out.append(" ");
  out.append(head.target());
  out.append(" HTTP/1.1\r\n");
  bool has_host = !head.authority().empty();
  if (has_host) write_field("Host", head.authority(), out);
  for (size_t i = 0; i < head.field_count(); ++i) {
    const net::HeadParser::Field field = head.field(i);
    if (field.kind == FieldKind::host) {
      if (!std::exchange(has_host, true)) write_field(field.name, field.value, out);
    } else if (field.kind == FieldKind::other && !head.is_connection_option(field.name)) {
      write_field(field.name, field.value, out);
    }
  }
  // A client of HTTP/1.0 may have none; our own line says 1.1.
  if (!has_host) write_field("Host", "localhost", out);
  write_field("X-Request-Id", request_id, out);
}

void write_response_head(const net::HeadParser& head, const ResponseHeadOptions& options, net::Buffer& out) {
  out.append("HTTP/1.1 ");
  write_number(static_cast<uint64_t>(head.status()), 10, out);
  out.append(" ");
  out.append(head.reason());
  out.append("\r\n");
  for (size_t i = 0; i < head.field_count(); ++i) {
    const net::HeadParser::Field field = head.field(i);
    const bool plain = field.kind == FieldKind::other || field.kind == FieldKind::host || field.kind == FieldKind::expect;
    if (plain && !head.is_connection_option(field.name)) write_field(field.name, field.value, out);
  }
  if (options.framing.kind == BodyKind::chunked) {
    out.append("Transfer-Encoding: chunked\r\n");
  } else if (head.has_content_length() && head.status() != 204) {
    out.append("Content-Length: ");
    write_number(head.content_length(), 10, out);
    out.append("\r\n");
  }
  write_field("X-Request-Id", options.request_id, out);
  write_field("x-mops-served-by", options.served_by, out);
  if (options.connection == ClientConnection::close) {
    out.append("Connection: close\r\n");
  } else if (options.client_version == net::HttpVersion::http_1_0) {
    out.append("Connection: keep-alive\r\n");
  }
  out.append("\r\n");
}

void write_chunk_size(size_t bytes, net::Buffer& out) {
  write_number(bytes, 16, out);
  out.append("\r\n");
}

}  // namespace mops::gateway
