#pragma once

#include "model/interface.h"

#include <string>
#include <vector>

namespace mops::certify {

/// How the metadata of a running model (`GET /v2/models/MODEL`, Open Inference Protocol v2) differs from the manifest: its name, and
/// for inputs and outputs alike names, datatypes and shapes, in any order. Empty: it says the same.
std::vector<std::string> differences_of_metadata(std::string body, std::string_view model, const model::Interface& interface);

}  // namespace mops::certify
