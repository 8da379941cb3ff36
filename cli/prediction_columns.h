#pragma once

#include "stats/samples.h"
#include "tensor/table.h"

namespace mops::cli {

/// Which columns of a table are what, as the words of a command line say it.
struct PredictionColumns {
  std::string task;
  std::string truth;
  std::vector<std::string> scores;  ///< a column; of several classes `CLASS=COLUMN` each
  std::optional<std::string> prediction;
  std::optional<std::string> weight;
  std::optional<std::string> positive;
  std::optional<double> threshold;
  double quantile = 0.5;

  [[nodiscard]] stats::MetricKind kind() const;
};

/// Reads and checks them. Errors: usage for words that do not fit the task; not_found for a column; invalid for what is in it, with
/// its place.
Result<std::unique_ptr<stats::Sample>> read_sample(const tensor::Table& table, const PredictionColumns& wanted);

}  // namespace mops::cli
