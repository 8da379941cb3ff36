#include "gateway/local_table.h"

#include <algorithm>

namespace mops::gateway {

std::string endpoint_key(const Endpoint& endpoint) { return net::Address::tcp(endpoint.host, endpoint.port).text(); }

Result<std::shared_ptr<const ResolvedTable>> ResolvedTable::make(RouteTable routes) {
  MOPS_TRY(validate(routes));
  auto table = std::make_shared<ResolvedTable>();
  const auto resolve = [&table](const VersionRoute& version) -> Result<void> {
    for (const Endpoint& endpoint : version.endpoints) {
      const net::Address address = net::Address::tcp(endpoint.host, endpoint.port);
      if (table->addresses.contains(address.text())) continue;
      MOPS_ASSIGN(const net::SocketAddress resolved, net::SocketAddress::resolve(address));
      table->addresses.emplace(address.text(), resolved);
    }
    return {};
  };
  for (const ModelRoute& model : routes.models) {
    MOPS_TRY(resolve(model.primary));
    if (model.standby) MOPS_TRY(resolve(*model.standby));
    for (const VersionRoute& candidate : model.candidates) MOPS_TRY(resolve(candidate));
  }
  table->routes = std::move(routes);
  return table;
}

uint32_t LocalVersion::choose() {
  const auto count = static_cast<uint32_t>(pools.size());
  uint32_t best = next % count;
  for (uint32_t i = 1; i < count; ++i) {
    const uint32_t index = (next + i) % count;
    if (pools[index]->busy < pools[best]->busy) best = index;
  }
  next = best + 1;
  return best;
}

LocalVersion& LocalModel::deal(std::string_view sticky_key) {
  if (route->weights.empty()) return versions.front();
  LocalVersion& dealt = versions[sticky_key.empty() ? dealer.next() : dealer.of(sticky_key)];
  return dealt.pools.empty() ? versions.front() : dealt;
}

LocalVersion* LocalModel::find(std::string_view version) {
  for (LocalVersion& candidate : versions) {
    if (candidate.route->version == version) return &candidate;
  }
  return nullptr;
}

LocalModel* LocalTable::find(std::string_view model) {
  const auto found = models.find(model);
  return found == models.end() ? nullptr : &found->second;
}

LocalVersion LocalState::make_version(const std::string& model, const VersionRoute& route, const ResolvedTable& source) {
  auto& counters = counters_[{model, route.payload}];
  if (!counters) counters = std::make_unique<VersionCounters>();
  counters->stats.model = model;
  counters->stats.payload = route.payload;
  counters->stats.version = route.version;
  LocalVersion version{.route = &route, .counters = counters.get()};
  for (const Endpoint& endpoint : route.endpoints) {
    const std::string key = endpoint_key(endpoint);
    auto& pool = pools_[key];
    if (!pool) pool = std::make_unique<Pool>(loop_, source.addresses.at(key), pool_options_);
    ++pool->tables;
    version.pools.push_back(pool.get());
  }
  return version;
}

void LocalState::adopt(std::shared_ptr<const ResolvedTable> source) {
  auto table = std::make_unique<LocalTable>();
  for (const ModelRoute& route : source->routes.models) {
    LocalModel model{.route = &route};
    table->has_sticky |= !route.sticky_header.empty();
    model.versions.push_back(make_version(route.model, route.primary, *source));
    if (route.standby) model.versions.push_back(make_version(route.model, *route.standby, *source));
    for (const VersionRoute& candidate : route.candidates) model.versions.push_back(make_version(route.model, candidate, *source));
    std::vector<uint32_t> shares(model.versions.size(), 0);
    for (const Weight& weight : route.weights) {
      for (size_t i = 0; i < shares.size(); ++i) {
        if (model.versions[i].route->payload == weight.payload) shares[i] += weight.share;
      }
    }
    model.dealer = Dealer(std::move(shares));
    table->models.emplace(route.model, std::move(model));
  }
  table->source = std::move(source);
  tables_.push_back(std::move(table));
  drop_unused();
}

void LocalState::release(LocalTable& table) {
  if (--table.users == 0 && &table != tables_.back().get()) drop_unused();
}

void LocalState::drop_unused() {
  const auto is_unused = [this](const std::unique_ptr<LocalTable>& table) { return table->users == 0 && table != tables_.back(); };
  for (const auto& table : tables_) {
    if (!is_unused(table)) continue;
    for (auto& [name, model] : table->models) {
      for (LocalVersion& version : model.versions) {
        for (Pool* pool : version.pools) --pool->tables;
      }
    }
  }
  // Comparing with back() while erasing would read moved-from pointers.
  std::vector<std::unique_ptr<LocalTable>> kept;
  for (auto& table : tables_) {
    const bool is_last = &table == &tables_.back();
    if (table->users > 0 || is_last) kept.push_back(std::move(table));
  }
  tables_ = std::move(kept);
  std::erase_if(pools_, [](const auto& entry) { return entry.second->tables == 0 && entry.second->busy == 0; });
}

void LocalState::close_idle() {
  for (auto& [key, pool] : pools_) pool->close_idle();
}

void LocalState::when_drained(const std::string& payload, std::function<void()> done) {
  for (auto& [key, counters] : counters_) {
    if (key.second != payload || counters->stats.in_flight == 0) continue;
    // Asks again when that one is empty: a payload can be on the routes of several models.
    counters->drain_waiters.push_back([this, payload, done] { when_drained(payload, done); });
    return;
  }
  done();
}

const VersionStats* LocalState::find_stats(const std::string& model, const std::string& payload) const {
  const auto found = counters_.find({model, payload});
  return found == counters_.end() ? nullptr : &found->second->stats;
}

std::vector<VersionStats> LocalState::stats() const {
  std::vector<VersionStats> out;
  for (const auto& [key, counters] : counters_) out.push_back(counters->stats);
  return out;
}

}  // namespace mops::gateway
