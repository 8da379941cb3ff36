#pragma once

#include "base/diagnostic.h"
#include "model/compatibility.h"

#include <optional>

namespace mops::policy {

/// A finding `version/bump`, without a place, when the step `from` → `to` is smaller than what the change of the interface between
/// them demands by SemVer. `to` is the later version.
std::optional<Diagnostic> check_bump(const model::Version& from, const model::Version& to, const model::InterfaceComparison& change);

}  // namespace mops::policy
