#pragma once

#include "gateway/counters.h"
#include "gateway/route.h"
#include "gateway/sampler.h"
#include "gateway/upstream.h"
#include "net/address.h"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace mops::gateway {

/// A route table with the addresses of its endpoints, shared by all threads.
struct ResolvedTable {
  RouteTable routes;
  std::map<std::string, net::SocketAddress> addresses;  ///< by `host:port`

  static Result<std::shared_ptr<const ResolvedTable>> make(RouteTable routes);
};

std::string endpoint_key(const Endpoint& endpoint);

/// Numbers of one version on one thread, and who waits until nothing of it is in flight.
struct VersionCounters {
  VersionStats stats;
  Sampler sampler;
  std::vector<std::function<void()>> drain_waiters;
};

struct LocalVersion {
  const VersionRoute* route = nullptr;
  VersionCounters* counters = nullptr;
  std::vector<Pool*> pools;
  uint32_t next = 0;

  /// The endpoint with the fewest requests on it; ties in turn.
  uint32_t choose();
};

struct LocalModel {
  const ModelRoute* route = nullptr;
  std::vector<LocalVersion> versions;  ///< primary, standby, candidates
  Dealer dealer{{}};

  /// The version of that name. Null: no such version.
  LocalVersion* find(std::string_view version);
  /// By weight; the same one for the same `sticky_key`, unless that is empty.
  LocalVersion& deal(std::string_view sticky_key);
};

/// One thread's view of a route table. Requests count themselves as users: what they took stays until they end.
struct LocalTable {
  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  std::shared_ptr<const ResolvedTable> source;
  std::unordered_map<std::string_view, LocalModel, Hash, std::equal_to<>> models;
  size_t users = 0;
  bool has_sticky = false;  ///< a route goes by a header

  LocalModel* find(std::string_view model);
};

/// Pools and counters of one thread, which outlive tables.
class LocalState {
 public:
  LocalState(net::Loop& loop, PoolOptions options) : loop_(loop), pool_options_(options) {}

  /// Replaces the table; the last one stays until its users are gone.
  void adopt(std::shared_ptr<const ResolvedTable> source);
  /// Null before the first `adopt`.
  LocalTable* table() { return tables_.empty() ? nullptr : tables_.back().get(); }
  void release(LocalTable& table);
  void close_idle();
  /// Calls `done` when nothing of `payload` is in flight on this thread.
  void when_drained(const std::string& payload, std::function<void()> done);
  [[nodiscard]] std::vector<VersionStats> stats() const;
  /// Null: it never was on a route.
  [[nodiscard]] const VersionStats* find_stats(const std::string& model, const std::string& payload) const;

 private:
  LocalVersion make_version(const std::string& model, const VersionRoute& route, const ResolvedTable& source);
  void drop_unused();

  net::Loop& loop_;
  PoolOptions pool_options_;
  std::map<std::string, std::unique_ptr<Pool>> pools_;
  std::map<std::pair<std::string, std::string>, std::unique_ptr<VersionCounters>> counters_;
  std::vector<std::unique_ptr<LocalTable>> tables_;
};

}  // namespace mops::gateway
