#pragma once

#include "document/value.h"
#include "gateway/sample.h"

#include <optional>
#include <vector>

namespace mops::gateway {

/// What a body says of a tensor of the interface: its values row by row, null in place of one that is missing or of another kind.
struct ColumnValues {
  const model::Tensor* tensor;
  std::optional<document::Value::List> values;  ///< nothing: the body does not have it
};

/// In the order of the interface, which must outlive it. Nothing: no interface, or the body is not whole or no message of the Open
/// Inference Protocol.
using BodyValues = std::optional<std::vector<ColumnValues>>;

struct SampleValues {
  BodyValues inputs;
  BodyValues outputs;
};

SampleValues values_of(const Sample& sample);

}  // namespace mops::gateway
