#pragma once

#include "model/interface.h"
#include "tensor/column.h"

#include <string>
#include <string_view>
#include <vector>

namespace mops::tensor {

/// What a model answered: its outputs, in the order of the interface.
struct Answer {
  std::vector<Column> outputs;

  /// nullptr when there is none of that name.
  [[nodiscard]] const Column* find(std::string_view name) const;
  [[nodiscard]] size_t rows() const { return outputs.empty() ? 0 : outputs.front().rows(); }
};

/// An answer and everything in it that the interface does not allow. With problems, the answer holds the outputs that are
/// sound in shape and type, and must not be measured.
struct CheckedAnswer {
  Answer answer;
  std::vector<std::string> problems;
};

/// Reads the body of an inference response (Open Inference Protocol v2, REST; `data` flat or nested) and holds it against
/// the interface: names, datatypes, shapes, number of rows, nulls, range, categories. Rows in texts count from 1. Of each
/// output and kind of problem only the first is told, with the number of others; what quotes nothing of the answer is good for evidence.
CheckedAnswer read_infer_response(std::string body, const model::Interface& interface, size_t expected_rows, Quoting quoting = Quoting::values);

}  // namespace mops::tensor
