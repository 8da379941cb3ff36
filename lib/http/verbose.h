#pragma once

#include "base/clock.h"
#include "http/transport.h"

#include <functional>

namespace mops::http {

/// Says every request and answer, one line each and one per header, without what is secret: Authorization, cookies, keys,
/// credentials and tokens in URLs. Bodies are counted, never shown. The one place that prints requests.
class VerboseTransport final : public Transport {
 public:
  using Say = std::function<void(std::string_view line)>;
  VerboseTransport(Transport& inner, Clock& clock, Say say) : inner_(inner), clock_(clock), say_(std::move(say)) {}

  Result<Response> send(const Request& request, std::stop_token stop) override;

 private:
  Transport& inner_;
  Clock& clock_;
  Say say_;
};

/// The value to show for a header: `***` where it is secret.
std::string shown_value(const Header& header);

}  // namespace mops::http
