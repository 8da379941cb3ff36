#pragma once

#include "gateway/column_values.h"

#include <string>

namespace mops::gateway {

/// The sample as a line of JSON (decision/v1, see schemas/decision-v1.yaml), with its line feed. Values of columns that the interface calls
/// personal or secret are not in it, nor is what the interface does not name, nor what is of another kind than it says.
std::string decision_line(const Sample& sample, const SampleValues& values);

}  // namespace mops::gateway
