#include "cli/fingerprint.h"
#include "cli/json_list.h"
#include "cli/render.h"

#include <algorithm>

namespace mops::cli {
namespace {

using document::Value;

std::string_view severity_word(Severity severity) {
  switch (severity) {
    case Severity::error: return "major";
    case Severity::warning: return "minor";
    case Severity::note: return "info";
  }
  return "";
}

Value issue_of(const Diagnostic& finding, const ModelFindings& model, const std::string& fingerprint) {
  const auto& span = finding.location.span;
  Value lines = Value::map().set("begin", span ? span->begin.line : 1U);
  if (span) lines.set("end", span->end.line);
  return Value::map()
      .set("description", finding.help.empty() ? finding.message : fmt::format("{}; {}", finding.message, finding.help))
      .set("check_name", finding.rule)
      .set("fingerprint", fingerprint)
      .set("severity", severity_word(finding.severity))
      .set("location", Value::map().set("path", model.path_in_repository(finding.location.path)).set("lines", std::move(lines)));
}

class GitlabRenderer final : public FindingsRenderer {
 public:
  std::string begin() override { return "["; }

  std::string add(const ModelFindings& model) override {
    std::string out;
    const auto prints = fingerprints(model);
    for (size_t i = 0; i < prints.size(); ++i) out += issues_.next(issue_of(model.findings[i], model, prints[i]));
    return out;
  }

  std::string end(const Value&) override { return issues_.end() + "\n"; }

 private:
  JsonList issues_{1};
};

}  // namespace

std::unique_ptr<FindingsRenderer> make_gitlab_renderer() { return std::make_unique<GitlabRenderer>(); }

}  // namespace mops::cli
