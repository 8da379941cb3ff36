#pragma once

#include "base/error.h"
#include "base/process.h"
#include "target/environment.h"

#include <string>
#include <vector>

namespace mops::target {

/// Why a creating command failed, read from what it printed: a full disk, an unreachable network, or something of its own.
/// `variables` are those it was given; of the network ones, the URLs that are set are shown without credentials.
Error creation_failure(const Environment& environment, const std::vector<std::string>& command, const ProcessResult& result,
                       const Variables& variables);

}  // namespace mops::target
