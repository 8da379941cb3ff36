#include "tensor/column.h"

#include "base/text.h"
#include "document/value.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace mops::tensor {
namespace {

using model::Datatype;

template <typename Integer>
bool is_within(const Scalar& value) {
  if (const auto* as_signed = std::get_if<int64_t>(&value)) return std::in_range<Integer>(*as_signed);
  if (const auto* as_unsigned = std::get_if<uint64_t>(&value)) return std::in_range<Integer>(*as_unsigned);
  return true;
}

bool fits(const Scalar& value, Datatype datatype) {
  switch (datatype) {
    case Datatype::int8: return is_within<int8_t>(value);
    case Datatype::int16: return is_within<int16_t>(value);
    case Datatype::int32: return is_within<int32_t>(value);
    case Datatype::uint8: return is_within<uint8_t>(value);
    case Datatype::uint16: return is_within<uint16_t>(value);
    case Datatype::uint32: return is_within<uint32_t>(value);
    case Datatype::int64: return is_within<int64_t>(value);
    case Datatype::uint64: return is_within<uint64_t>(value);
    default: break;
  }
  const double* number = std::get_if<double>(&value);
  if (number == nullptr) return true;
  if (!std::isfinite(*number)) return false;
  if (datatype == Datatype::fp16) return std::fabs(*number) <= 65504.0;
  if (datatype == Datatype::fp32 || datatype == Datatype::bf16) return std::fabs(*number) <= std::numeric_limits<float>::max();
  return true;
}

std::string found(const Scalar& value, std::string_view expected, Quoting quoting) {
  if (quoting == Quoting::nothing) return fmt::format("expected {}", expected);
  return fmt::format("found `{}`, expected {}", to_text(value), expected);
}

}  // namespace

std::string to_text(const Scalar& value) {
  if (const auto* boolean = std::get_if<bool>(&value)) return *boolean ? "true" : "false";
  if (const auto* number = std::get_if<int64_t>(&value)) return fmt::format("{}", *number);
  if (const auto* number = std::get_if<uint64_t>(&value)) return fmt::format("{}", *number);
  if (const auto* number = std::get_if<double>(&value)) return fmt::format("{}", *number);
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  return {};
}

std::optional<double> to_number(const Scalar& value) {
  if (const auto* boolean = std::get_if<bool>(&value)) return *boolean ? 1.0 : 0.0;
  if (const auto* number = std::get_if<int64_t>(&value)) return static_cast<double>(*number);
  if (const auto* number = std::get_if<uint64_t>(&value)) return static_cast<double>(*number);
  if (const auto* number = std::get_if<double>(&value)) return *number;
  return std::nullopt;
}

void append_json(std::string& json, const Scalar& value) {
  if (std::holds_alternative<std::monostate>(value)) {
    json += "null";
  } else if (const auto* text = std::get_if<std::string>(&value)) {
    json += document::to_json(document::Value(*text));
  } else {
    const size_t begin = json.size();
    json += to_text(value);
    // Readers that go by the form of a number must not take 3.0 for an integer.
    if (std::holds_alternative<double>(value) && json.find_first_of(".e", begin) == std::string::npos) json += ".0";
  }
}

std::optional<std::string> problem_of(const Scalar& value, const model::Tensor& tensor, Quoting quoting) {
  if (std::holds_alternative<std::monostate>(value)) {
    if (tensor.nullable) return std::nullopt;
    return "a value is missing, and the interface does not say `nullable: true`";
  }
  if (!fits(value, tensor.datatype)) return found(value, fmt::format("a number that fits {}", model::to_string(tensor.datatype)), quoting);
  if (const auto number = to_number(value)) {
    if (tensor.minimum && *number < *tensor.minimum) return found(value, fmt::format("at least {}", *tensor.minimum), quoting);
    if (tensor.maximum && *number > *tensor.maximum) return found(value, fmt::format("at most {}", *tensor.maximum), quoting);
  }
  if (const auto* text = std::get_if<std::string>(&value); text != nullptr && !tensor.categories.empty()) {
    const auto& known = tensor.categories;
    if (std::find(known.begin(), known.end(), *text) == known.end()) return found(value, quoted_list(known, "or"), quoting);
  }
  return std::nullopt;
}

}  // namespace mops::tensor
