#pragma once

#include "certify/model_client.h"
#include "certify/progress.h"
#include "model/interface.h"
#include "stats/heavy_hitters.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace mops::certify {

/// How the values of one column are spread, for those who compare live traffic with it. Nothing but the numbers of rows where the interface
/// calls the column personal or secret.
struct Distribution {
  uint64_t rows = 0;
  uint64_t missing = 0;           ///< of them, without a value; numbers that are not finite count as such
  std::vector<double> quantiles;  ///< of numbers, at the shares 0, 0.01 … 1: least, …, greatest (stats/quantile_sketch.h)
  /// Of texts, the most frequent first. One that no category of the interface is, and that fewer than k_least_rows rows surely have, is not
  /// there: it might tell of one row.
  std::optional<std::vector<stats::HeavyHitters::Counted>> texts;

  static constexpr uint64_t k_least_rows = 10;

  bool operator==(const Distribution&) const = default;
};

/// Of one data set: what goes into the model, and what it says of it.
struct DatasetDistributions {
  std::string dataset;  ///< its name in the manifest
  Digest sha256;
  uint64_t rows = 0;
  std::map<std::string, Distribution> inputs;   ///< those that the data set has
  uint64_t asked = 0;                           ///< rows for which the model was asked, spread evenly over the data set
  std::map<std::string, Distribution> outputs;  ///< `name[0]`, `name[1]` … where an output has several values a row

  bool operator==(const DatasetDistributions&) const = default;
};

/// Looks through the whole data set, and asks for at most 2,000 of its rows. Errors: invalid, for a cell that is not what the interface
/// says; the client's.
Result<DatasetDistributions> measure_distributions(ModelClient& client, const model::Interface& interface, const tensor::Dataset& dataset, const Progress& progress,
                                                   const std::stop_token& stop);

}  // namespace mops::certify
