#include "cli/markup.h"
#include "cli/render.h"

namespace mops::cli {
namespace {

std::string command_of(const Diagnostic& finding, const ModelFindings& model) {
  const std::string_view command = finding.severity == Severity::note ? "notice" : word_of(finding.severity);
  std::string out = fmt::format("::{} file={}", command, github_property(model.path_in_repository(finding.location.path)));
  if (const auto& span = finding.location.span) {
    out += fmt::format(",line={},col={}", span->begin.line, span->begin.column);
    // Columns count for places of one line only; the last one belongs to the place.
    if (span->end.line > span->begin.line) out += fmt::format(",endLine={}", span->end.line);
    else if (span->end.column > span->begin.column) out += fmt::format(",endColumn={}", span->end.column - 1);
  }
  out += fmt::format(",title={}::{}", github_property(finding.rule), github_data(finding.message));
  if (!finding.help.empty()) out += github_data("\nhelp: " + finding.help);
  return out + "\n";
}

class GithubRenderer final : public FindingsRenderer {
 public:
  std::string add(const ModelFindings& model) override {
    std::string out;
    for (const Diagnostic& finding : model.findings) out += command_of(finding, model);
    return out;
  }
};

}  // namespace

std::unique_ptr<FindingsRenderer> make_github_renderer() { return std::make_unique<GithubRenderer>(); }

}  // namespace mops::cli
