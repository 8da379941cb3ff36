#pragma once

#include "base/result.h"
#include "tensor/dataset.h"

#include <string>
#include <vector>

namespace mops::certify {

/// One tensor of a request, in the words of its JSON: what no honest client would send can be written as well.
struct DraftTensor {
  std::string name;
  std::string datatype;
  std::string shape;              ///< JSON
  std::vector<std::string> data;  ///< JSON of each value
};

/// The inputs of an inference request, to be changed before they are sent.
struct RequestDraft {
  std::vector<DraftTensor> inputs;

  [[nodiscard]] std::string to_json() const;
};

/// A sound request of these rows of a data set, in this order; rows may come twice. Errors: as tensor::infer_request.
Result<RequestDraft> draft_of_rows(const tensor::Dataset& dataset, const model::Interface& interface, const std::vector<size_t>& rows);

/// The shape of `rows` values of a tensor with one value a row, as JSON.
std::string draft_shape(const model::Tensor& tensor, size_t rows);

}  // namespace mops::certify
