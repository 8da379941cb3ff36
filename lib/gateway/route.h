#pragma once

#include "base/result.h"
#include "model/interface.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mops::gateway {

struct Endpoint {
  std::string host;
  uint16_t port = 0;
  friend bool operator==(const Endpoint&, const Endpoint&) = default;
};

enum class Role : uint8_t { primary, standby, candidate };
std::string_view to_string(Role role);

/// One version of a model on a route. Without endpoints it is not ready.
struct VersionRoute {
  std::string payload;  ///< digest in hex: the identity
  std::string version;  ///< what people call it
  std::vector<Endpoint> endpoints;
  Role role = Role::primary;
  std::shared_ptr<const model::Interface> interface = {};  ///< says which values may be recorded; null: none
  friend bool operator==(const VersionRoute&, const VersionRoute&) = default;
};

/// A share of the requests that name no version. Shares are relative to their sum.
struct Weight {
  std::string payload;
  uint32_t share = 0;
  friend bool operator==(const Weight&, const Weight&) = default;
};

struct ModelRoute {
  std::string model;
  uint64_t generation = 0;
  VersionRoute primary;
  std::optional<VersionRoute> standby = {};
  std::vector<VersionRoute> candidates = {};
  std::vector<Weight> weights = {};  ///< empty: everything to the primary
  /// Requests with the same value of this field go to the same version, as long as the weights stay. Empty: none.
  std::string sticky_header = {};
  friend bool operator==(const ModelRoute&, const ModelRoute&) = default;
};

/// What the gateway serves: a value, replaced as a whole.
struct RouteTable {
  uint64_t generation = 0;
  std::vector<ModelRoute> models = {};
  friend bool operator==(const RouteTable&, const RouteTable&) = default;
};

/// Error (usage): a model named twice, a payload twice on one route, a weight of a payload that is not on the route, roles
/// that do not fit their places, a port 0.
Result<void> validate(const RouteTable& table);

/// Deals out requests by weight, evenly and without chance (smooth weighted round robin, as in nginx): of shares 3 and 1,
/// every fourth goes to the second.
class Dealer {
 public:
  explicit Dealer(std::vector<uint32_t> shares);
  /// Index of the next one whose share is not 0; 0 if all are 0.
  size_t next();
  /// The same index for the same key, keys spread by the shares. Where the shares of the later ones grow, keys move to them and
  /// never among the earlier ones.
  [[nodiscard]] size_t of(std::string_view key) const;

 private:
  std::vector<uint32_t> shares_;
  std::vector<int64_t> credit_;
  int64_t total_ = 0;
};

/// Paths of the Open Inference Protocol v2 (REST) and what else the gateway answers.
enum class PathKind : uint8_t { live, ready, server, metrics, model, unknown };

struct RequestPath {
  PathKind kind = PathKind::unknown;
  std::string_view model = {};
  std::string_view version = {};  ///< empty: any
  friend bool operator==(const RequestPath&, const RequestPath&) = default;
};

/// `path` without query. Dot segments, empty segments and escapes make it unknown: nobody behind may read it differently.
RequestPath read_path(std::string_view path);

}  // namespace mops::gateway
