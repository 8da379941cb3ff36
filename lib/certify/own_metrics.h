#pragma once

#include "base/process.h"
#include "evidence/certificate.h"
#include "model/manifest.h"
#include "stats/metric.h"
#include "tensor/dataset.h"
#include "tensor/response.h"

#include <stop_token>
#include <string>
#include <vector>

namespace mops::certify {

/// What the team's programs are told: the data set as it is, and beside each row what the model answered, as CSV. The columns of outputs
/// are `output.NAME`, or `output.NAME[0]`, `output.NAME[1]` … where one has several values a row; a missing value is an empty field.
class AnswerTable {
 public:
  explicit AnswerTable(const tensor::Dataset& dataset) : dataset_(dataset) {}

  /// The answer to the next rows of the data set, in its order.
  void add(const tensor::Answer& answer);
  /// With a line for the names first. Requires the answers to all rows.
  [[nodiscard]] const std::string& csv() const { return csv_; }

 private:
  const tensor::Dataset& dataset_;
  size_t rows_ = 0;
  std::string csv_;
};

/// Where the team's programs run: in the model's folder, with the variables of its environment.
struct Workplace {
  Path folder;
  Variables variables;
};

/// Runs the program, which gets the table on standard input, and takes from the JSON object that it prints the metrics that the manifest
/// names, each a number, or null where it is undefined. Errors: refused, with the last lines that it wrote to standard error, when it ends
/// with another code than 0, takes too long, or prints something else; not_found, outside, interrupted.
Result<std::vector<stats::Metric>> measure_own(const model::OwnMetrics& own, const AnswerTable& table, const Workplace& workplace, const std::stop_token& stop);

/// One check for each limit. `rows` stand behind the metrics.
std::vector<evidence::Check> check_own(const model::OwnMetrics& own, const std::vector<stats::Metric>& metrics, uint64_t rows);

}  // namespace mops::certify
