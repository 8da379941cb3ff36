#pragma once

#include "model/interface.h"

#include <string>
#include <vector>

namespace mops::model {

/// Whether every value that `a` allows is one that `b` allows, by one property of the tensor.
bool shape_is_within(const Tensor& a, const Tensor& b);
bool nulls_are_within(const Tensor& a, const Tensor& b);
/// Requires the same datatype. Integers end where their datatype ends, and take no fractions.
bool range_is_within(const Tensor& a, const Tensor& b);
bool categories_are_within(const Tensor& a, const Tensor& b);

/// The categories of `a` that `b` does not list, each once, in the order of `a`.
std::vector<std::string> categories_without(const Tensor& a, const Tensor& b);

/// "0 to 120", "at least 0", "at most 1", "any number".
std::string range_text(const Tensor& tensor);

}  // namespace mops::model
