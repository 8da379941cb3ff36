#include "base/text.h"
#include "cli/render.h"

namespace mops::cli {
namespace {

/// As @actions/core escapes them: %, CR and LF everywhere, `:` and `,` in properties as well.
std::string escape_data(std::string_view text) {
  return replace_all(replace_all(replace_all(text, "%", "%25"), "\r", "%0D"), "\n", "%0A");
}
std::string escape_property(std::string_view text) { return replace_all(replace_all(escape_data(text), ":", "%3A"), ",", "%2C"); }

std::string command_of(const Diagnostic& finding, const ModelFindings& model) {
  const std::string_view command = finding.severity == Severity::note ? "notice" : word_of(finding.severity);
  std::string out = fmt::format("::{} file={}", command, escape_property(model.path_in_repository(finding.location.path)));
  if (const auto& span = finding.location.span) {
    out += fmt::format(",line={},col={}", span->begin.line, span->begin.column);
    // Columns count for places of one line only; the last one belongs to the place.
    if (span->end.line > span->begin.line) out += fmt::format(",endLine={}", span->end.line);
    else if (span->end.column > span->begin.column) out += fmt::format(",endColumn={}", span->end.column - 1);
  }
  out += fmt::format(",title={}::{}", escape_property(finding.rule), escape_data(finding.message));
  if (!finding.help.empty()) out += escape_data("\nhelp: " + finding.help);
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
