#include "tensor/compare.h"

#include <algorithm>
#include <cmath>

namespace mops::tensor {
namespace {

constexpr double k_around_zero = 1e-6;

std::string shown(const Scalar& value) {
  if (std::holds_alternative<std::monostate>(value)) return "nothing";
  const bool is_text = std::holds_alternative<std::string>(value);
  return is_text ? fmt::format("`{}`", to_text(value)) : to_text(value);
}

std::optional<std::string> difference_in_shape(const Answer& found, const Answer& expected) {
  if (found.outputs.size() != expected.outputs.size()) {
    return fmt::format("found {} outputs, expected {}", found.outputs.size(), expected.outputs.size());
  }
  for (size_t i = 0; i < found.outputs.size(); ++i) {
    const Column& a = found.outputs[i];
    const Column& b = expected.outputs[i];
    if (a.name != b.name) return fmt::format("found output `{}`, expected `{}`", a.name, b.name);
    if (a.width != b.width || a.values.size() != b.values.size() || b.rows() != expected.rows()) {
      return fmt::format("output `{}`: found {} rows of {}, expected {} of {}", a.name, a.rows(), a.width, b.rows(), b.width);
    }
  }
  return std::nullopt;
}

/// Relative to the larger magnitude; 0 for equal values, nothing when they can only be equal or not.
std::optional<double> relative_difference(const Scalar& a, const Scalar& b, double tolerance) {
  const double* number_a = std::get_if<double>(&a);
  const double* number_b = std::get_if<double>(&b);
  if (number_a == nullptr || number_b == nullptr) return std::nullopt;
  const double distance = std::fabs(*number_a - *number_b);
  if (distance == 0 || distance < tolerance * k_around_zero) return 0.0;
  return distance / std::max(std::fabs(*number_a), std::fabs(*number_b));
}

std::string text_of_difference(const Column& column, size_t row, size_t index, const Scalar& found, const Scalar& expected, double tolerance) {
  const std::string where = column.width == 1 ? "" : fmt::format(", value {}", index + 1);
  const std::string within = std::holds_alternative<double>(expected) && tolerance > 0 ? fmt::format(" within {}", tolerance) : "";
  return fmt::format("output `{}`, row {}{}: found {}, expected {}{}", column.name, row + 1, where, shown(found), shown(expected), within);
}

}  // namespace

Comparison compare(const Answer& found, const Answer& expected, double tolerance) {
  Comparison result;
  result.rows = expected.rows();
  result.first = difference_in_shape(found, expected);
  if (result.first) {
    result.different_rows = result.rows;
    return result;
  }
  for (size_t row = 0; row < result.rows; ++row) {
    bool row_differs = false;
    for (size_t output = 0; output < expected.outputs.size(); ++output) {
      const Column& column = expected.outputs[output];
      for (size_t i = 0; i < column.width; ++i) {
        const Scalar& got = found.outputs[output].at(row, i);
        const Scalar& wanted = column.at(row, i);
        const auto difference = relative_difference(got, wanted, tolerance);
        if (difference) result.largest_difference = std::max(result.largest_difference, *difference);
        if (difference ? *difference <= tolerance : got == wanted) continue;
        row_differs = true;
        if (!result.first) result.first = text_of_difference(column, row, i, got, wanted, tolerance);
      }
    }
    result.different_rows += row_differs ? 1 : 0;
  }
  return result;
}

}  // namespace mops::tensor
