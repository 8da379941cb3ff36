#include "base/text.h"
#include "cli/markup.h"
#include "cli/render.h"

#include <algorithm>
#include <map>

namespace mops::cli {
namespace {

/// Of lines of text that are to be read: line breaks stay.
std::string xml_lines(std::string_view text) { return replace_all(xml(text), "&#10;", "\n"); }

class JunitRenderer final : public FindingsRenderer {
 public:
  explicit JunitRenderer(Checked checked)
      : verb_(checked == Checked::models ? "mops check" : "mops schema validate"),
        all_well_(checked == Checked::models ? "follows the policy" : "fits the schema") {}

  std::string begin() override { return fmt::format("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"{}\">\n", verb_); }

  std::string add(const ModelFindings& model) override {
    const std::string suite = suite_name(model.folder);
    const auto failures = std::count_if(model.findings.begin(), model.findings.end(), [](const Diagnostic& f) { return f.severity == Severity::error; });
    std::string out = fmt::format("  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"0\">\n", xml(suite),
                                  std::max<size_t>(model.findings.size(), 1), failures);
    if (model.findings.empty()) out += fmt::format("    <testcase classname=\"{}\" name=\"{}\"/>\n", xml(suite), all_well_);
    std::map<std::string, size_t> seen;
    for (const Diagnostic& finding : model.findings) out += test_case(finding, model, suite, seen);
    return out + "  </testsuite>\n";
  }

  std::string end(const document::Value&) override { return "</testsuites>\n"; }

 private:
  [[nodiscard]] std::string suite_name(const std::string& folder) const { return verb_ + (folder == "." ? "" : " " + folder); }

  static std::string test_case(const Diagnostic& finding, const ModelFindings& model, const std::string& suite, std::map<std::string, size_t>& seen) {
    // No line number: the same finding keeps its name from run to run, so that a CI system can tell new ones from old ones.
    std::string name = fmt::format("{} in {}", finding.rule, model.path_in_model(finding.location.path));
    if (const size_t number = ++seen[name]; number > 1) name += fmt::format(" ({})", number);
    const ExcerptStyle style{.width = 120, .paint = [](Colour, std::string_view text) { return std::string(text); }};
    // GitLab shows the body of a failure, never its message.
    const std::string body = xml_lines(full_text(finding, model.texts, style));
    const std::string element = finding.severity == Severity::error
                                    ? fmt::format("<failure type=\"{}\" message=\"{}\">{}</failure>", xml(finding.rule), xml(finding.message), body)
                                    : fmt::format("<system-out>{}</system-out>", body);
    return fmt::format("    <testcase classname=\"{}\" name=\"{}\">\n      {}\n    </testcase>\n", xml(suite), xml(name), element);
  }

  std::string verb_;
  std::string_view all_well_;
};

}  // namespace

std::unique_ptr<FindingsRenderer> make_junit_renderer(Checked checked) { return std::make_unique<JunitRenderer>(checked); }

}  // namespace mops::cli
