#pragma once

#include "base/diagnostic.h"
#include "cli/console.h"
#include "model/manifest.h"
#include "scaffold/drift.h"

#include <span>
#include <string>
#include <vector>

namespace mops::cli {

/// For people and for `git apply`: of each file what is the matter, why, and the diff. `prefix` stands in front of the paths of the
/// headlines: the model's folder as the user would type it.
std::string render_drift(std::span<const scaffold::FileDrift> drifts, const std::string& prefix, const Console& console);

/// The same as findings of rule `template/drift`: a warning at level prototype, an error at level production; a note for what is the
/// user's by now.
std::vector<Diagnostic> drift_diagnostics(std::span<const scaffold::FileDrift> drifts, model::Level level, const std::string& prefix);

}  // namespace mops::cli
