#pragma once

#include "model/interface.h"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace mops::tensor {

/// One value: missing, BOOL, INT* and UINT* (uint64_t only beyond what int64_t holds), FP* and BF16, or BYTES (UTF-8 text).
using Scalar = std::variant<std::monostate, bool, int64_t, uint64_t, double, std::string>;

/// The value as text: numbers in the shortest form that reads back the same, `true`, `false`; missing: empty.
[[nodiscard]] std::string to_text(const Scalar& value);
/// A number, or a boolean as 0 or 1; nothing for texts and missing values.
[[nodiscard]] std::optional<double> to_number(const Scalar& value);
/// The value as JSON; missing: `null`.
void append_json(std::string& json, const Scalar& value);

/// One named tensor, flattened row by row.
struct Column {
  std::string name;
  model::Datatype datatype = model::Datatype::fp64;
  size_t width = 1;  ///< values of a row; 3 for shape [-1, 3]
  std::vector<Scalar> values;

  [[nodiscard]] size_t rows() const { return width == 0 ? 0 : values.size() / width; }
  [[nodiscard]] const Scalar& at(size_t row, size_t index = 0) const { return values[row * width + index]; }
};

/// Whether a message quotes the value that it is about. Evidence holds no value of a row or answer.
enum class Quoting { values, nothing };

/// Why `value` is not one of the tensor's (null, range, categories, numbers beyond the datatype), as `found `1.5`, expected
/// at most 1`; or nothing. Requires a value of the datatype's kind.
[[nodiscard]] std::optional<std::string> problem_of(const Scalar& value, const model::Tensor& tensor, Quoting quoting = Quoting::values);

}  // namespace mops::tensor
