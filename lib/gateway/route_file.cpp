#include "gateway/route_file.h"

#include "document/reader.h"
#include "model/interface_reader.h"

#include <fmt/format.h>
#include <limits>
#include <set>

namespace mops::gateway {
namespace {

using document::Field;
using std::chrono::milliseconds;

void read_seconds(const Field& field, milliseconds& out) { out = field.seconds(0.001, 86'400, out); }

template <typename Number>
void read_count(const Field& field, uint64_t least, Number& out, uint64_t most = std::numeric_limits<Number>::max()) {
  const uint64_t count = field.count(out);
  if (count < least || count > most) field.refuse(fmt::format("this limit lies between {} and {}", least, most));
  out = static_cast<Number>(count);
}

GatewayOptions read_limits(const Field& limits) {
  GatewayOptions options;
  limits.expect_keys({"threads", "connections", "head_bytes", "head_fields", "body_bytes", "kept_body_bytes", "kept_bytes", "idle_upstreams", "handshake_seconds", "head_seconds", "body_seconds",
                      "idle_seconds", "request_seconds", "answer_seconds", "connect_seconds", "upstream_idle_seconds"});
  constexpr uint64_t k_most_threads = 256;
  read_count(limits.maybe("threads"), 1, options.threads, k_most_threads);
  read_count(limits.maybe("connections"), 1, options.max_connections);
  read_count(limits.maybe("head_bytes"), 256, options.head.bytes);
  read_count(limits.maybe("head_fields"), 1, options.head.fields);
  read_count(limits.maybe("body_bytes"), 1, options.max_body);
  read_count(limits.maybe("kept_body_bytes"), 0, options.max_kept_body);
  read_count(limits.maybe("kept_bytes"), 0, options.max_kept_total);
  read_count(limits.maybe("idle_upstreams"), 0, options.max_idle_upstreams);
  read_seconds(limits.maybe("handshake_seconds"), options.handshake_timeout);
  read_seconds(limits.maybe("head_seconds"), options.head_timeout);
  read_seconds(limits.maybe("body_seconds"), options.body_timeout);
  read_seconds(limits.maybe("idle_seconds"), options.idle_timeout);
  read_seconds(limits.maybe("request_seconds"), options.request_timeout);
  read_seconds(limits.maybe("answer_seconds"), options.exchange.answer_timeout);
  read_seconds(limits.maybe("connect_seconds"), options.exchange.connect_timeout);
  read_seconds(limits.maybe("upstream_idle_seconds"), options.upstream_idle_timeout);
  return options;
}

RecordOptions read_record(const Field& record) {
  RecordOptions options;
  record.expect_keys({"folder", "samples_per_second", "log_bytes"});
  options.folder = record.at("folder").text();
  const Field rate = record.maybe("samples_per_second");
  options.samples_per_second = rate.number(options.samples_per_second);
  constexpr double k_highest_rate = 1000;
  if (!(options.samples_per_second > 0 && options.samples_per_second <= k_highest_rate)) rate.refuse("this rate is above 0 and at most 1000");
  read_count(record.maybe("log_bytes"), DecisionLog::k_least_bytes, options.log_bytes);
  return options;
}

Result<Endpoint> parse_endpoint(std::string_view text) {
  MOPS_ASSIGN(const net::Address address, net::Address::parse(text));
  if (address.is_unix() || address.host.empty() || address.port == 0)
    return fail(ErrorCode::usage, fmt::format("`{}` is not an endpoint that can be dialled", text), "write HOST:PORT, such as 127.0.0.1:9001");
  return Endpoint{.host = address.host, .port = address.port};
}

VersionRoute read_version(const Field& field, Role role) {
  field.expect_keys({"version", "payload", "endpoints", "interface"});
  VersionRoute version{.version = field.at("version").text(), .role = role};
  version.payload = field.maybe("payload").text(version.version);
  if (const Field interface = field.maybe("interface"); interface.present()) version.interface = std::make_shared<const model::Interface>(model::read_interface(interface));
  for (const Field& endpoint : field.maybe("endpoints").items()) version.endpoints.push_back(endpoint.parsed(parse_endpoint));
  return version;
}

void read_weights(const Field& weights, ModelRoute& route) {
  const auto payload_of = [&route](std::string_view version) -> const std::string* {
    if (route.primary.version == version) return &route.primary.payload;
    if (route.standby && route.standby->version == version) return &route.standby->payload;
    for (const VersionRoute& candidate : route.candidates)
      if (candidate.version == version) return &candidate.payload;
    return nullptr;
  };
  for (const auto& [version, share] : weights.entries()) {
    const std::string* payload = payload_of(version);
    if (!payload) share.refuse(fmt::format("version `{}` has a weight, but is not on the route", version));
    Weight weight{.payload = payload ? *payload : std::string()};
    read_count(share, 0, weight.share);
    route.weights.push_back(std::move(weight));
  }
}

ModelRoute read_model(const Field& field) {
  field.expect_keys({"model", "generation", "primary", "standby", "candidates", "weights", "sticky_header"});
  ModelRoute route{.model = field.at("model").text(), .generation = field.maybe("generation").count(), .primary = read_version(field.at("primary"), Role::primary)};
  if (const Field standby = field.maybe("standby"); standby.present()) route.standby = read_version(standby, Role::standby);
  for (const Field& candidate : field.maybe("candidates").items()) route.candidates.push_back(read_version(candidate, Role::candidate));
  read_weights(field.maybe("weights"), route);
  route.sticky_header = field.maybe("sticky_header").text();
  if (const auto valid = validate({.models = {route}}); !valid) field.refuse(valid.error().message, valid.error().help);
  return route;
}

}  // namespace

Result<RouteFile> read_route_file(const document::Document& document) {
  document::Reader reader(document);
  const Field root = reader.root();
  if (root.present() && root.node()->kind == document::NodeKind::null) root.refuse("the file is empty", "write `format: routes/v1`, `listen` and a list `models`");
  root.expect_format("routes", 1);
  root.expect_keys({"format", "listen", "tls", "limits", "record", "generation", "models"});
  RouteFile file{.listen = root.at("listen").parsed(net::Address::parse), .certificate = {}, .options = read_limits(root.maybe("limits"))};
  if (const Field tls = root.maybe("tls"); tls.present()) {
    tls.expect_keys({"certificate", "key"});
    file.certificate = {.chain = tls.at("certificate").text(), .key = tls.at("key").text()};
  }
  if (const Field record = root.maybe("record"); record.present()) file.options.record = read_record(record);
  file.table.generation = root.maybe("generation").count();
  std::set<std::string> names;
  for (const Field& item : root.at("models").items()) {
    file.table.models.push_back(read_model(item));
    if (const std::string& name = file.table.models.back().model; !names.insert(name).second) item.refuse(fmt::format("the model `{}` has two routes", name));
  }
  return reader.finish(std::move(file));
}

}  // namespace mops::gateway
