#pragma once

#include "net/buffer.h"
#include "net/http1.h"

#include <string_view>

namespace mops::gateway {

/// The head of a request as it goes on to an upstream, without its framing field and without the blank line: fields of one
/// hop are left out (RFC 9110, 7.6.1), `X-Request-Id` is `request_id`, everything else is as the client sent it.
void write_request_head(const net::HeadParser& head, std::string_view request_id, net::Buffer& out);

enum class ClientConnection : uint8_t { keep, close };

struct ResponseHeadOptions {
  net::BodyFraming framing;  ///< towards the client
  net::HttpVersion client_version = net::HttpVersion::http_1_1;
  ClientConnection connection = ClientConnection::keep;
  std::string_view request_id;
  std::string_view served_by;
};

/// The head of an answer as it goes to the client, with framing and blank line.
void write_response_head(const net::HeadParser& head, const ResponseHeadOptions& options, net::Buffer& out);

/// A chunk's size line; the payload and CR LF follow.
void write_chunk_size(size_t bytes, net::Buffer& out);

}  // namespace mops::gateway
