#include "cli/certification_render.h"

#include "certify/check_text.h"
#include "cli/check_table.h"
#include "cli/markup.h"
#include "cli/visible.h"

#include <algorithm>

namespace mops::cli {
namespace {

using certify::reason_of;
using certify::sentence_of;
using document::Value;

bool is_failure(const evidence::Check& check) { return !evidence::passes(check.verdict); }

std::string suite_name(const Certification& certification) {
  return "mops certify " + (certification.folder.empty() ? certification.model : certification.folder);
}

std::string error_suite(const Uncertified& model) {
  const std::string suite = xml("mops certify " + model.folder);
  return fmt::format("  <testsuite name=\"{0}\" tests=\"1\" failures=\"0\" errors=\"1\" skipped=\"0\">\n    <testcase classname=\"{0}\" name=\"certification\">\n"
                     "      <error message=\"{1}\">{1}</error>\n    </testcase>\n  </testsuite>\n",
                     suite, xml(model.error.message));
}

}  // namespace

std::string to_text(const Certification& certification, const Console& console) {
  const std::string verdict = console.paint_out(colour_of(certification.verdict), to_string(certification.verdict));
  std::string out;
  if (const std::string reason = reason_of(certification.checks); !reason.empty()) out += fmt::format("{}: {}\n", verdict, visible(reason));
  out += fmt::format("{} payload {}\n\n", certification.model, certification.payload.hex());
  out += check_table(certification.checks).render(console);
  if (certification.performance.capacity) out += fmt::format("\ncapacity: {}\n", certify::capacity_text(*certification.performance.capacity));
  const std::string_view how = certification.reused ? "as signed in" : "signed in";
  return out + fmt::format("\n{}{}\n", verdict, certification.written.empty() ? "" : fmt::format(", {} {}", how, certification.written));
}

Value to_value(const Certification& certification) {
  const auto optional = [](const std::optional<double>& value) { return value ? Value(*value) : Value(nullptr); };
  Value checks = Value::list();
  for (const evidence::Check& check : certification.checks)
    checks.add(Value::map().set("name", check.name).set("value", optional(check.value)).set("low", optional(check.low)).set("high", optional(check.high))
                   .set("minimum", optional(check.limit.minimum)).set("maximum", optional(check.limit.maximum)).set("unit", check.unit).set("n", check.n)
                   .set("verdict", to_string(check.verdict)).set("note", check.note));
  Value metrics = Value::map();
  for (const stats::Metric& metric : certification.metrics) metrics.set(metric.name, optional(metric.value));
  Value runs = Value::list();
  for (const evidence::LoadRun& run : certification.performance.runs)
    runs.add(Value::map().set("p50_ms", run.p50_ms).set("p99_ms", run.p99_ms).set("throughput_per_second", run.throughput_per_second).set("requests", run.requests));
  const std::optional<evidence::Capacity>& capacity = certification.performance.capacity;
  Value warnings = Value::list();
  for (const std::string& warning : certification.warnings) warnings.add(warning);
  return Value::map().set("format_version", 1).set("model", certification.model).set("folder", certification.folder.empty() ? "." : certification.folder)
      .set("payload", certification.payload.hex()).set("verdict", to_string(certification.verdict)).set("reason", reason_of(certification.checks))
      .set("certificate", certification.written.empty() ? Value(nullptr) : Value(certification.written))
      .set("reused_from", certification.reused ? Value(to_rfc3339(*certification.reused)) : Value(nullptr))
      .set("not_certified", certification.why_not.empty() ? Value(nullptr) : Value(certification.why_not))
      .set("checks", std::move(checks)).set("metrics", std::move(metrics)).set("capacity", capacity ? Value::map().set("per_second", capacity->per_second).set("at_least", capacity->is_least) : Value(nullptr)).set("runs", std::move(runs)).set("warnings", std::move(warnings));
}

Value to_value(const std::vector<Certification>& certifications, const std::vector<Uncertified>& uncertified) {
  Value models = Value::list();
  Verdict verdict = uncertified.empty() ? Verdict::passed : Verdict::inconclusive;
  for (const Certification& certification : certifications) {
    models.add(to_value(certification));
    verdict = worst(verdict, certification.verdict);
  }
  Value errors = Value::list();
  for (const auto& [folder, error] : uncertified) errors.add(Value::map().set("folder", folder).set("error", error.message));
  return Value::map().set("format_version", 1).set("verdict", to_string(verdict)).set("models", std::move(models)).set("errors", std::move(errors));
}

std::string to_junit(const std::vector<Certification>& certifications, const std::vector<Uncertified>& uncertified) {
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"mops certify\">\n";
  for (const Certification& certification : certifications) {
    const std::string suite = suite_name(certification);
    out += fmt::format("  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"0\">\n", xml(suite), certification.checks.size(),
                       std::count_if(certification.checks.begin(), certification.checks.end(), is_failure));
    for (const evidence::Check& check : certification.checks) {
      const std::string text = sentence_of(check);
      const std::string content = is_failure(check) ? fmt::format("<failure type=\"{}\" message=\"{}\">{}</failure>", to_string(check.verdict), xml(text), xml(text))
                                                    : fmt::format("<system-out>{}: {}</system-out>", to_string(check.verdict), xml(text));
      out += fmt::format("    <testcase classname=\"{}\" name=\"{}\">\n      {}\n    </testcase>\n", xml(suite), xml(check.name), content);
    }
    out += "  </testsuite>\n";
  }
  for (const Uncertified& model : uncertified) out += error_suite(model);
  return out + "</testsuites>\n";
}

std::string to_github(const Certification& certification) {
  std::string out;
  const std::string file = certification.folder.empty() ? "mops.yaml" : certification.folder + "/mops.yaml";
  for (const evidence::Check& check : certification.checks) {
    if (check.verdict == Verdict::passed) continue;
    out += fmt::format("::{} file={},title={}::{}\n", is_failure(check) ? "error" : "warning", github_property(file),
                       github_property(fmt::format("{} {}", to_string(check.verdict), check.name)), github_data(sentence_of(check)));
  }
  return out;
}

}  // namespace mops::cli
