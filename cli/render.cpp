#include "cli/render.h"

#include <algorithm>

namespace mops::cli {
FindingsFormat parse_findings_format(std::string_view word) {
  const auto found = std::find(k_findings_formats.begin(), k_findings_formats.end(), word);
  return found == k_findings_formats.end() ? FindingsFormat::full : static_cast<FindingsFormat>(found - k_findings_formats.begin());
}

std::unique_ptr<FindingsRenderer> make_findings_renderer(FindingsFormat format, const Console& console, Checked checked) {
  switch (format) {
    case FindingsFormat::full: return make_full_renderer(console);
    case FindingsFormat::concise: return make_concise_renderer(console);
    case FindingsFormat::json: return make_json_renderer();
    case FindingsFormat::sarif: return make_sarif_renderer();
    case FindingsFormat::junit: return make_junit_renderer(checked);
    case FindingsFormat::github: return make_github_renderer();
    case FindingsFormat::gitlab: return make_gitlab_renderer();
  }
  return nullptr;
}

std::string_view word_of(Severity severity) {
  switch (severity) {
    case Severity::error: return "error";
    case Severity::warning: return "warning";
    case Severity::note: return "note";
  }
  return "";
}

std::string counted(size_t count, std::string_view word) { return fmt::format("{} {}{}", count, word, count == 1 ? "" : "s"); }

std::string count_of(std::span<const Diagnostic> findings) {
  const auto count = [&](Severity severity) {
    return static_cast<size_t>(std::count_if(findings.begin(), findings.end(), [&](const auto& f) { return f.severity == severity; }));
  };
  return count_of(count(Severity::error), count(Severity::warning));
}

std::string count_of(size_t errors, size_t warnings) {
  if (errors == 0 && warnings == 0) return "no errors";
  if (warnings == 0) return counted(errors, "error");
  if (errors == 0) return counted(warnings, "warning");
  return counted(errors, "error") + " and " + counted(warnings, "warning");
}

}  // namespace mops::cli
