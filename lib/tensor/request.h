#pragma once

#include "base/result.h"
#include "tensor/dataset.h"

#include <string>
#include <string_view>

namespace mops::tensor {

/// Rows [first, end) of a data set, from 0.
struct RowRange {
  size_t first = 0;
  size_t end = 0;
};

/// The body of `POST /v2/models/MODEL/infer` (Open Inference Protocol v2, REST): one tensor for each input of the interface,
/// in its order, with the values of these rows; missing values are null. Every value is held against the interface. Errors:
/// not_found for a column, invalid for a cell (with its line), usage for an empty range, one beyond the data set, or an input
/// of more than one value a row.
Result<std::string> infer_request(const Dataset& dataset, const model::Interface& interface, RowRange rows);

/// `/v2/models/MODEL`, the name percent-encoded: where the model describes itself.
std::string model_path(std::string_view model);
/// `/v2/models/MODEL/infer`.
std::string infer_path(std::string_view model);

}  // namespace mops::tensor
