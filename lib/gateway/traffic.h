#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "document/document.h"
#include "gateway/column_values.h"
#include "stats/column_sketch.h"

#include <cstdint>
#include <string>
#include <vector>

namespace mops::gateway {

/// How the values of one column of the sampled traffic are spread; of a column that is personal or secret only how many are missing.
struct ColumnTraffic {
  std::string column;           ///< `name[0]`, `name[1]` … where a tensor has several values a row
  bool is_hidden = false;
  uint64_t hidden = 0;          ///< values of a hidden column
  stats::ColumnSketch sketch;

  [[nodiscard]] uint64_t rows() const { return hidden + sketch.rows(); }
};

/// What went into a version and what it said, in about 16 kB.
struct VersionTraffic {
  std::string model;
  std::string payload;
  std::string version;
  uint64_t samples = 0;         ///< requests that were sampled
  uint64_t unread = 0;          ///< of them, whose inputs could not be read
  std::vector<ColumnTraffic> inputs = {};
  std::vector<ColumnTraffic> outputs = {};

  std::shared_ptr<const model::Interface> interface = {};  ///< that `inputs` and `outputs` are by, where samples were added

  /// Where the interface has other columns than the samples before, or hides others, those are forgotten.
  void add(const Sample& sample, const SampleValues& values);
  void merge(const VersionTraffic& other);

 private:
  void adopt(std::shared_ptr<const model::Interface> newer);
};

/// All that one gateway saw between its start and a time.
struct TrafficSnapshot {
  std::string gateway;          ///< ULID, another one at each start
  SystemTime started{};
  SystemTime taken{};
  std::vector<VersionTraffic> versions = {};

  void add(const Sample& sample, const SampleValues& values);
};

/// What all gateways saw together, sorted by model, version, payload. Of several snapshots of one gateway the latest counts, since it has
/// what the earlier ones had.
std::vector<VersionTraffic> merge(const std::vector<TrafficSnapshot>& snapshots);

/// `format: traffic/v1`, see schemas/traffic-v1.yaml.
std::string to_json(const TrafficSnapshot& snapshot);
/// Error: invalid, `path:line:col`.
Result<TrafficSnapshot> read_traffic(const document::Document& document);

/// Of one start; all of them are in the folder of the record.
std::string traffic_file_name(std::string_view gateway);
bool is_traffic_file(std::string_view name);

}  // namespace mops::gateway
