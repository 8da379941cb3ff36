#pragma once

#include "cli/excerpt.h"
#include "cli/findings.h"
#include "document/value.h"

#include <memory>
#include <span>
#include <string>
#include <vector>

namespace mops::cli {

enum class FindingsFormat { full, concise, json, sarif, junit, github, gitlab };
inline const std::vector<std::string> k_findings_formats = {"full", "concise", "json", "sarif", "junit", "github", "gitlab"};
FindingsFormat parse_findings_format(std::string_view word);

/// Writes findings model by model, so that nothing has to be kept of those that are done: first `begin`, then `add` for each
/// model in turn, then `end`. What they return, one after the other, is the whole text: of a machine's format one document.
class FindingsRenderer {
 public:
  virtual ~FindingsRenderer() = default;
  virtual std::string begin() { return {}; }
  virtual std::string add(const ModelFindings& model) = 0;
  /// `summary` goes into `json`.
  virtual std::string end([[maybe_unused]] const document::Value& summary) { return {}; }
};

/// What is looked at: names the test suites of `junit`.
enum class Checked { models, documents };

/// `full` and `concise` are painted for the console's output, which has to outlive the renderer. One factory per format:
std::unique_ptr<FindingsRenderer> make_findings_renderer(FindingsFormat format, const Console& console, Checked checked = Checked::models);

std::unique_ptr<FindingsRenderer> make_full_renderer(const Console& console);
std::unique_ptr<FindingsRenderer> make_concise_renderer(const Console& console);
/// `schemas/findings-v1.yaml` describes it.
std::unique_ptr<FindingsRenderer> make_json_renderer();
/// SARIF 2.1.0, one run. Paths are seen from the root of the repository, `%SRCROOT%`.
std::unique_ptr<FindingsRenderer> make_sarif_renderer();
/// A test suite for each model, a test case for each finding; only errors are failures.
std::unique_ptr<FindingsRenderer> make_junit_renderer(Checked checked);
/// Workflow commands of GitHub Actions, which shows them beside the lines of a change.
std::unique_ptr<FindingsRenderer> make_github_renderer();
/// A code quality report of GitLab.
std::unique_ptr<FindingsRenderer> make_gitlab_renderer();

/// `error`, `warning` or `note`.
std::string_view word_of(Severity severity);

/// A finding as people read it, with an excerpt: for `full`, and for reports that have room for text.
std::string full_text(const Diagnostic& finding, const SourceTexts& texts, const ExcerptStyle& style);

/// "2 errors and 1 warning".
std::string count_of(std::span<const Diagnostic> findings);
std::string count_of(size_t errors, size_t warnings);
/// "1 model", "3 models".
std::string counted(size_t count, std::string_view word);

}  // namespace mops::cli
