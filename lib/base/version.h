#pragma once

#include <string>

namespace mops {

/// The version of this program, such as "1.2.0". Its only source at run time: a test links the program with another one.
const std::string& program_version();

}  // namespace mops
