#pragma once

#include "cli/table.h"
#include "evidence/certificate.h"

#include <vector>

namespace mops::cli {

Colour colour_of(Verdict verdict);

/// A line for each check, as they were measured.
Table check_table(const std::vector<evidence::Check>& checks);

}  // namespace mops::cli
