#pragma once

#include <string>

namespace mops::document {

/// The shortest digits that read back as `value`, laid out as ECMAScript's Number::toString does (RFC 8785, 3.2.2.3). Finite only.
std::string ecmascript_number(double value);

/// The same, but always with a point (`1.0`, `1.0e+21`), so that no reader sees an integer, nor one of YAML 1.1 a string.
std::string number_with_point(double value);

}  // namespace mops::document
