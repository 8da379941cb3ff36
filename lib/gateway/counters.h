#pragma once

#include "gateway/recorder.h"
#include "stats/histogram.h"

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace mops::gateway {

/// Numbers of one version, since the gateway started. Usage counts are exact.
struct VersionStats {
  std::string model;
  std::string payload;
  std::string version;
  uint64_t requests = 0;  ///< finished ones, also failed ones and those whose client had gone
  uint64_t failed = 0;    ///< answered 5xx, or failed by the upstream
  uint64_t retried = 0;
  uint64_t in_flight = 0;
  std::vector<std::pair<uint32_t, uint64_t>> codes = {};  ///< status → requests, sorted; 499: the client had gone
  /// From the moment the whole request was here (or began to be streamed) until the last byte of the answer had come;
  /// complete answers only, whatever their status.
  stats::Histogram latency = {};

  void merge(const VersionStats& other);
  void count_code(uint32_t code, uint64_t times = 1);
};

struct GatewayStats {
  uint64_t generation = 0;   ///< of the route table
  uint64_t connections = 0;  ///< of clients, open now
  uint64_t accepted = 0;
  uint64_t streamed = 0;     ///< requests whose body was too large to be kept for a retry
  std::vector<std::pair<uint32_t, uint64_t>> rejected = {};  ///< status → requests that no version saw
  RecordStats record = {};
  std::vector<VersionStats> versions = {};                   ///< sorted by model, version, payload

  void merge(const GatewayStats& other);
};

void add_count(std::vector<std::pair<uint32_t, uint64_t>>& counts, uint32_t code, uint64_t times = 1);

/// Prometheus text format 0.0.4. Labels: model, version, code; versions of the same name are added up.
std::string to_prometheus(const GatewayStats& stats);

}  // namespace mops::gateway
