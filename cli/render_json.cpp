#include "base/text.h"
#include "cli/fingerprint.h"
#include "cli/json_list.h"
#include "cli/render.h"

namespace mops::cli {
namespace {

using document::Value;

Value position_value(const Position& position) { return Value::map().set("line", position.line).set("column", position.column); }

Value place_value(const Location& location) {
  Value value = Value::map();
  value.set("path", location.path);
  if (location.span) value.set("begin", position_value(location.span->begin)).set("end", position_value(location.span->end));
  return value;
}

Value finding_value(const Diagnostic& finding, const ModelFindings& model, const std::string& fingerprint) {
  Value value = Value::map();
  value.set("rule", finding.rule).set("severity", word_of(finding.severity)).set("message", finding.message);
  value.set("location", place_value(finding.location));
  if (!finding.help.empty()) value.set("help", finding.help);
  if (!finding.labels.empty()) {
    Value labels = Value::list();
    for (const Label& label : finding.labels) labels.add(Value::map().set("location", place_value(label.location)).set("message", label.message));
    value.set("labels", std::move(labels));
  }
  if (finding.fix)
    value.set("fix", Value::map().set("location", place_value({.path = finding.fix->path, .span = finding.fix->span})).set("text", finding.fix->text));
  return value.set("model", model.folder).set("fingerprint", fingerprint);
}

class JsonRenderer final : public FindingsRenderer {
 public:
  std::string begin() override { return "{\n  \"format_version\": 1,\n  \"findings\": ["; }

  std::string add(const ModelFindings& model) override {
    std::string out;
    const auto prints = fingerprints(model);
    for (size_t i = 0; i < prints.size(); ++i) out += findings_.next(finding_value(model.findings[i], model, prints[i]));
    return out;
  }

  std::string end(const Value& summary) override { return fmt::format("{},\n  \"summary\": {}\n}}\n", findings_.end(), indented_json(summary, 1)); }

 private:
  JsonList findings_{2};
};

}  // namespace

std::unique_ptr<FindingsRenderer> make_json_renderer() { return std::make_unique<JsonRenderer>(); }

}  // namespace mops::cli
