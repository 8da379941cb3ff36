#include "model/value_domain.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <limits>

namespace mops::model {
namespace {

struct Ends {
  double lowest = -std::numeric_limits<double>::infinity();
  double highest = std::numeric_limits<double>::infinity();
};

int bits_of(Datatype type) {
  switch (type) {
    case Datatype::uint8:
    case Datatype::int8: return 8;
    case Datatype::uint16:
    case Datatype::int16: return 16;
    case Datatype::uint32:
    case Datatype::int32: return 32;
    default: return 64;
  }
}

Ends ends_of(const Tensor& tensor) {
  Ends ends{.lowest = tensor.minimum.value_or(Ends().lowest), .highest = tensor.maximum.value_or(Ends().highest)};
  if (!is_integer(tensor.datatype)) return ends;
  const bool is_signed = tensor.datatype >= Datatype::int8;
  const int bits = bits_of(tensor.datatype) - (is_signed ? 1 : 0);
  // Of 64 bits the ends are the nearest doubles, the same on both sides of a comparison.
  ends.lowest = std::max(std::ceil(ends.lowest), is_signed ? -std::ldexp(1, bits) : 0.0);
  ends.highest = std::min(std::floor(ends.highest), std::ldexp(1, bits) - 1);
  return ends;
}

}  // namespace

bool shape_is_within(const Tensor& a, const Tensor& b) {
  return std::equal(a.shape.begin(), a.shape.end(), b.shape.begin(), b.shape.end(), [](int64_t mine, int64_t other) { return other == -1 || mine == other; });
}

bool nulls_are_within(const Tensor& a, const Tensor& b) { return b.nullable || !a.nullable; }

bool range_is_within(const Tensor& a, const Tensor& b) {
  const Ends mine = ends_of(a);
  const Ends other = ends_of(b);
  return mine.lowest >= other.lowest && mine.highest <= other.highest;
}

bool categories_are_within(const Tensor& a, const Tensor& b) {
  return b.categories.empty() || (!a.categories.empty() && categories_without(a, b).empty());
}

std::vector<std::string> categories_without(const Tensor& a, const Tensor& b) {
  std::vector<std::string> out;
  for (const std::string& category : a.categories) {
    const auto is_in = [&](const std::vector<std::string>& list) { return std::find(list.begin(), list.end(), category) != list.end(); };
    if (!is_in(b.categories) && !is_in(out)) out.push_back(category);
  }
  return out;
}

std::string range_text(const Tensor& tensor) {
  if (tensor.minimum && tensor.maximum) return fmt::format("{} to {}", *tensor.minimum, *tensor.maximum);
  if (tensor.minimum) return fmt::format("at least {}", *tensor.minimum);
  if (tensor.maximum) return fmt::format("at most {}", *tensor.maximum);
  return "any number";
}

}  // namespace mops::model
