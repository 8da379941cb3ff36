#pragma once

#include "tensor/response.h"

#include <cstdint>
#include <optional>
#include <string>

namespace mops::tensor {

/// How far an answer is from another one.
struct Comparison {
  uint64_t rows = 0;
  uint64_t different_rows = 0;         ///< rows in which at least one output differs
  double largest_difference = 0;       ///< of all numbers, relative to the larger magnitude of the two
  std::optional<std::string> first;    ///< "output `score`, row 3: found 0.72, expected 0.71 within 1e-06"; rows from 1

  [[nodiscard]] bool same() const { return !first.has_value(); }
};

/// Compares two answers that were both read by one interface. FP values are the same when they differ by at most `tolerance`
/// times the larger magnitude, or by less than a millionth of `tolerance` (values around zero); everything else (integers,
/// texts, booleans, missing values) must be equal. Answers of another shape differ as a whole.
Comparison compare(const Answer& found, const Answer& expected, double tolerance);

}  // namespace mops::tensor
