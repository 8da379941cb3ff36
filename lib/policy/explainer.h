#pragma once

#include "base/diagnostic.h"
#include "policy/program.h"
#include "policy/schema.h"

#include <string_view>
#include <vector>

namespace mops::policy {

/// Why an instance that the program refuses does not fit; never empty.
std::vector<Diagnostic> explain_misfits(const Program& program, const document::Node& instance, std::string_view path,
                                        const InstanceOptions& options);

}  // namespace mops::policy
