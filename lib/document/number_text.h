#pragma once

#include <string>

namespace mops::document {

/// The shortest digits that read back as `value`, laid out as ECMAScript's Number::toString does (RFC 8785, 3.2.2.3). Finite only.
std::string ecmascript_number(double value);

/// The same, with `.0` where a reader would see an integer.
std::string number_with_point(double value);

}  // namespace mops::document
