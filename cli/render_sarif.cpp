#include "base/text.h"
#include "cli/fingerprint.h"
#include "cli/json_list.h"
#include "cli/render.h"
#include "policy/rule.h"

#include <algorithm>

namespace mops::cli {
namespace {

using document::Value;

/// A relative reference of RFC 3986: whatever is not plain is encoded, so `#`, `%` and a `:` in a first name are safe.
std::string uri_of(std::string_view path) {
  constexpr std::string_view k_plain = "-._~/";
  std::string out;
  for (const char c : path) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || k_plain.find(c) != std::string_view::npos;
    if (is_plain) out += c;
    else out += fmt::format("%{:02X}", static_cast<uint8_t>(c));
  }
  return out;
}

/// Plain text of SARIF has links, `[text](target)`: a user's words must not make one.
Value message_value(std::string_view text) {
  if (text.find("](") == std::string_view::npos) return Value::map().set("text", text);
  return Value::map().set("text", replace_all(replace_all(text, "[", "\\["), "]", "\\]"));
}

Value region_value(const Span& span) {
  return Value::map().set("startLine", span.begin.line).set("startColumn", span.begin.column).set("endLine", span.end.line).set("endColumn", span.end.column);
}

Value file_value(std::string_view path, const ModelFindings& model) {
  return Value::map().set("uri", uri_of(model.path_in_repository(path))).set("uriBaseId", "%SRCROOT%");
}

Value physical_value(const Location& location, const ModelFindings& model) {
  Value value = Value::map().set("artifactLocation", file_value(location.path, model));
  // Code scanning drops what has no line; a file as a whole, or its absence, is shown at its first.
  return value.set("region", location.span ? region_value(*location.span) : Value::map().set("startLine", 1));
}

Value fix_value(const Diagnostic& finding, const ModelFindings& model) {
  const Fix& fix = *finding.fix;
  Value replacement = Value::map().set("deletedRegion", region_value(fix.span)).set("insertedContent", Value::map().set("text", fix.text));
  Value change = Value::map().set("artifactLocation", file_value(fix.path, model)).set("replacements", Value::list({std::move(replacement)}));
  return Value::map()
      .set("description", message_value(finding.help.empty() ? finding.message : finding.help))
      .set("artifactChanges", Value::list({std::move(change)}));
}

std::string_view level_of(const std::optional<Severity>& severity) { return severity ? word_of(*severity) : "none"; }

std::string marked_lines(std::string_view mark, std::string_view text) {
  if (text.ends_with('\n')) text.remove_suffix(1);
  std::string out;
  for (const std::string_view line : split(text, '\n')) out += fmt::format("{} {}\n", mark, line);
  return text.empty() ? std::string() : out;
}

/// A rule that an organisation's policy added, of which only the id is known here.
Value own_rule_value(const std::string& id) {
  const Value text = message_value("a rule of the organisation's policy");
  return Value::map().set("id", id).set("shortDescription", text).set("fullDescription", text).set("help", message_value("`mops policy show` says where it is from."));
}

Value rule_value(const std::string& id) {
  const policy::Rule* rule = policy::find_rule(id);
  if (rule == nullptr) return own_rule_value(id);
  const policy::RuleExample& example = rule->example;
  const bool is_removed = example.before.empty() && example.after.empty();
  const std::string lines = marked_lines("-", example.before) + marked_lines("+", example.after);
  const std::string cause = is_removed ? fmt::format("a model without {}", example.path) : fmt::format("this change of {}\n\n{}\n", example.path, lines);
  const std::string help = fmt::format("For example, {} is answered by: {}. See `mops policy rules {}`.", cause, example.message, id);
  const std::string levels = fmt::format("{} (at level prototype: {}, at level production: {})", rule->reason, level_of(rule->at_prototype), level_of(rule->at_production));
  return Value::map()
      .set("id", id)
      .set("shortDescription", message_value(rule->reason))
      .set("fullDescription", message_value(levels))
      .set("help", message_value(help))
      .set("defaultConfiguration", Value::map().set("level", level_of(rule->at_production ? rule->at_production : rule->at_prototype)));
}

class SarifRenderer final : public FindingsRenderer {
 public:
  std::string begin() override {
    const Value root = Value::map().set("%SRCROOT%", Value::map().set("description", Value::map().set("text", "The root of the repository.")));
    return "{\n  \"$schema\": \"https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json\",\n"
           "  \"version\": \"2.1.0\",\n  \"runs\": [\n    {\n      \"originalUriBaseIds\": " + indented_json(root, 3) +
           ",\n      \"columnKind\": \"unicodeCodePoints\",\n      \"results\": [";
  }

  std::string add(const ModelFindings& model) override {
    std::string out;
    const auto prints = fingerprints(model);
    for (size_t i = 0; i < prints.size(); ++i) out += results_.next(result_value(model.findings[i], model, prints[i]));
    return out;
  }

  /// Last, because only now it is known which rules were broken.
  std::string end(const Value&) override {
    Value rules = Value::list();
    for (const std::string& id : rules_) rules.add(rule_value(id));
    const Value driver = Value::map().set("name", "mops").set("version", MOPS_VERSION).set("semanticVersion", MOPS_VERSION).set("rules", std::move(rules));
    return results_.end() + ",\n      \"tool\": " + indented_json(Value::map().set("driver", driver), 3) + "\n    }\n  ]\n}\n";
  }

 private:
  Value result_value(const Diagnostic& finding, const ModelFindings& model, const std::string& fingerprint) {
    Value value = Value::map().set("ruleId", finding.rule);
    value.set("ruleIndex", index_of(finding.rule));
    value.set("level", word_of(finding.severity));
    value.set("message", message_value(finding.help.empty() ? finding.message : fmt::format("{}; {}", finding.message, finding.help)));
    value.set("locations", Value::list({Value::map().set("physicalLocation", physical_value(finding.location, model))}));
    if (!finding.labels.empty()) {
      Value related = Value::list();
      int64_t id = 0;
      for (const Label& label : finding.labels)
        related.add(Value::map().set("id", ++id).set("physicalLocation", physical_value(label.location, model)).set("message", message_value(label.message)));
      value.set("relatedLocations", std::move(related));
    }
    value.set("partialFingerprints", Value::map().set("mops/v1", fingerprint));
    if (finding.fix) value.set("fixes", Value::list({fix_value(finding, model)}));
    return value;
  }

  int64_t index_of(const std::string& rule) {
    const auto found = std::find(rules_.begin(), rules_.end(), rule);
    const int64_t index = found - rules_.begin();
    if (found == rules_.end()) rules_.push_back(rule);
    return index;
  }

  JsonList results_{4};
  std::vector<std::string> rules_;  ///< ids, in the order in which they were first broken
};

}  // namespace

std::unique_ptr<FindingsRenderer> make_sarif_renderer() { return std::make_unique<SarifRenderer>(); }

}  // namespace mops::cli
