#include "gateway/route.h"

#include "net/http1.h"

#include <array>
#include <fmt/format.h>
#include <numeric>
#include <set>

namespace mops::gateway {

namespace {

Result<void> validate_model(const ModelRoute& model) {
  std::set<std::string_view> payloads;
  std::vector<std::pair<const VersionRoute*, Role>> versions{{&model.primary, Role::primary}};
  if (model.standby) versions.emplace_back(&*model.standby, Role::standby);
  for (const VersionRoute& candidate : model.candidates) versions.emplace_back(&candidate, Role::candidate);
  for (const auto& [version, place] : versions) {
    if (version->role != place) {
      return fail(ErrorCode::usage, fmt::format("the route of `{}` has version `{}` as {}, but its role is {}", model.model, version->version,
                                                to_string(place), to_string(version->role)));
    }
    if (!payloads.insert(version->payload).second) {
      return fail(ErrorCode::usage, fmt::format("the route of `{}` has the payload `{}` twice", model.model, version->payload));
    }
    for (const Endpoint& endpoint : version->endpoints) {
      if (endpoint.port == 0 || endpoint.host.empty()) {
        return fail(ErrorCode::usage, fmt::format("version `{}` of `{}` has the endpoint `{}:{}`, which nobody can dial", version->version,
                                                  model.model, endpoint.host, endpoint.port));
      }
    }
  }
  for (const Weight& weight : model.weights) {
    if (!payloads.contains(weight.payload)) {
      return fail(ErrorCode::usage, fmt::format("the route of `{}` has a weight for the payload `{}`, which is not on it", model.model, weight.payload));
    }
  }
  return {};
}

}  // namespace

std::string_view to_string(Role role) {
  switch (role) {
    case Role::primary: return "primary";
    case Role::standby: return "standby";
    case Role::candidate: return "candidate";
  }
  return "";
}

Result<void> validate(const RouteTable& table) {
  std::set<std::string_view> names;
  for (const ModelRoute& model : table.models) {
    if (!model.sticky_header.empty() && !net::is_token(model.sticky_header)) {
      return fail(ErrorCode::usage, fmt::format("`{}` cannot be the name of a header", model.sticky_header));
    }
    if (!names.insert(model.model).second) return fail(ErrorCode::usage, fmt::format("the model `{}` has two routes", model.model));
    MOPS_TRY(validate_model(model));
  }
  return {};
}

Dealer::Dealer(std::vector<uint32_t> shares)
    : shares_(std::move(shares)), credit_(shares_.size(), 0), total_(std::accumulate(shares_.begin(), shares_.end(), int64_t{0})) {}

size_t Dealer::next() {
  if (total_ == 0) return 0;
  size_t best = 0;
  for (size_t i = 0; i < shares_.size(); ++i) {
    credit_[i] += shares_[i];
    if (credit_[i] > credit_[best]) best = i;
  }
  credit_[best] -= total_;
  return best;
}

size_t Dealer::of(std::string_view key) const {
  if (total_ == 0) return 0;
  // FNV-1a, the same on every machine, then mixed (MurmurHash3's last step): its high bits alone hardly see the last letters.
  uint64_t hash = 0xcbf29ce484222325ULL;
  for (const char c : key) hash = (hash ^ static_cast<uint8_t>(c)) * 0x100000001b3ULL;
  hash = (hash ^ (hash >> 33)) * 0xff51afd7ed558ccdULL;
  hash = (hash ^ (hash >> 33)) * 0xc4ceb9fe1a85ec53ULL;
  hash ^= hash >> 33;
  auto place = static_cast<int64_t>(static_cast<double>(hash >> 11) * 0x1p-53 * static_cast<double>(total_));
  size_t index = 0;
  while (place >= shares_[index]) place -= shares_[index++];
  return index;
}

RequestPath read_path(std::string_view path) {
  if (path == "/v2/health/live") return {.kind = PathKind::live};
  if (path == "/v2/health/ready") return {.kind = PathKind::ready};
  if (path == "/v2") return {.kind = PathKind::server};
  if (path == "/metrics") return {.kind = PathKind::metrics};
  constexpr std::string_view k_models = "/v2/models/";
  if (!path.starts_with(k_models)) return {};
  std::string_view rest = path.substr(k_models.size());
  std::array<std::string_view, 3> first{};
  for (size_t index = 0;; ++index) {
    const size_t slash = rest.find('/');
    const std::string_view segment = rest.substr(0, slash);
    if (segment.empty() || segment == "." || segment == ".." || segment.find_first_of("%\\;") != std::string_view::npos) return {};
    if (index < first.size()) first[index] = segment;
    if (slash == std::string_view::npos) break;
    rest.remove_prefix(slash + 1);
  }
  if (first[1] != "versions") return {.kind = PathKind::model, .model = first[0]};
  if (first[2].empty()) return {};
  return {.kind = PathKind::model, .model = first[0], .version = first[2]};
}

}  // namespace mops::gateway
