#include "net/tls.h"

#include <doctest/doctest.h>

using namespace mops;

TEST_CASE("what is no certificate is refused in words") {
  const auto refused = [](std::string_view chain, std::string_view key) {
    const auto context = net::TlsContext::make(chain, key, SystemTime());
    return context ? std::string() : context.error().message;
  };
  CHECK(refused("", "") == "the certificate cannot be read");
  CHECK(refused("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "") == "the certificate cannot be read");
}
