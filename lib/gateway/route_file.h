#pragma once

#include "base/result.h"
#include "document/document.h"
#include "gateway/gateway.h"
#include "gateway/route.h"
#include "net/address.h"

#include <optional>
#include <string>

namespace mops::gateway {

/// What a gateway that runs alone is told: where it listens, its limits, and the routes.
struct RouteFile {
  /// Files in PEM, as they are named there.
  struct Certificate {
    std::string chain;
    std::string key;
  };

  net::Address listen;
  std::optional<Certificate> certificate;
  GatewayOptions options;
  RouteTable table;
};

/// `format: routes/v1`, see schemas/routes-v1.yaml. Error: invalid, with `path:line:col`.
Result<RouteFile> read_route_file(const document::Document& document);

}  // namespace mops::gateway
