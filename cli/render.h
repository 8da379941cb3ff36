#pragma once

#include "base/diagnostic.h"
#include "cli/console.h"

#include <functional>
#include <optional>
#include <span>
#include <string>

namespace mops::cli {

enum class DiagnosticFormat { full, concise, json, github };
inline const std::vector<std::string> k_diagnostic_formats = {"full", "concise", "json", "github"};
DiagnosticFormat parse_diagnostic_format(std::string_view word);

/// The text of a file that a finding points into, for its excerpt; nullopt where there is none.
using ExcerptSource = std::function<std::optional<std::string>(const std::string& path)>;

/// All findings in the order given, one renderer per format. `json` is one document with `format_version` and always an
/// array of findings.
std::string render_diagnostics(std::span<const Diagnostic> findings, DiagnosticFormat format, const ExcerptSource& source,
                               const Console& console);

/// "2 errors and 1 warning".
std::string count_of(std::span<const Diagnostic> findings);

}  // namespace mops::cli
