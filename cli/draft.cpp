#include "cli/draft.h"

#include "cli/editor_schemas.h"
#include "document/value.h"
#include "model/notes.h"
#include "policy/facts.h"

#include <map>

namespace mops::cli {
namespace {

using document::Value;

constexpr std::array k_drafted_performance = {"p50_ms", "p99_ms", "throughput_per_second", "error_share"};

/// Four significant digits hold on the next machine as well.
int decimals_of(double value) {
  const double magnitude = std::abs(value);
  int decimals = 0;
  for (double limit = 1000; magnitude > 0 && magnitude < limit && decimals < 12; limit /= 10) ++decimals;
  return decimals;
}

std::string written(double value) { return fmt::format("{:.{}f}", value, decimals_of(value)); }

/// With a sign, at the digits of both; never `+0` or `-0`.
std::string written_difference(double before, double after) {
  const int decimals = std::max(decimals_of(before), decimals_of(after));
  std::string text = fmt::format("{:+.{}f}", after - before, decimals);
  return text.find_first_of("123456789") == std::string::npos ? text.substr(1) : text;
}

/// A key as `to_yaml` quotes it.
std::string key_text(const std::string& key) {
  const std::string entry = to_yaml(Value::map().set(key, 0));
  return entry.substr(0, entry.rfind(": "));
}

std::string numbers(std::string_view heading, size_t indent, const std::vector<std::pair<std::string, std::string>>& lines) {
  if (lines.empty()) return {};
  std::string text = fmt::format("{:{}}{}:\n", "", indent, heading);
  for (const auto& [name, number] : lines) text += fmt::format("{:{}}{}: {}\n", "", indent + 2, key_text(name), number);
  return text;
}

Value sections_of(const Draft& draft) {
  std::map<std::string, std::vector<std::string>, std::less<>> lines;
  const auto add = [&](const std::string& section, const std::string& text) {
    std::vector<std::string>& there = lines[section];
    if (std::find(there.begin(), there.end(), text) == there.end()) there.push_back(text);
  };
  if (draft.interface)
    for (const model::InterfaceChange& change : draft.interface->changes)
      add(change.kind == model::ChangeKind::added ? "added" : change.kind == model::ChangeKind::removed ? "removed" : "changed",
          (change.breaks_backward ? "BREAKING: " : "") + change.sentence);
  for (const std::string& message : draft.commits)
    if (const auto line = model::note_of_commit(message)) add(line->section, line->text);
  const bool is_same_payload = draft.earlier && draft.earlier->certificate && draft.earlier->certificate->payload == draft.certificate.certificate.payload;
  if (lines.empty() && !is_same_payload) add("changed", std::string(model::k_draft_change));

  Value head = Value::map()
                   .set("format", "notes/v1")
                   .set("version", draft.version.to_string())
                   .set("date", to_rfc3339(draft.now).substr(0, std::string_view("2026-11-23").size()))
                   .set("summary", draft.summary.value_or(std::string(model::k_draft_summary)));
  for (const std::string_view section : model::k_notes_sections) {
    const auto found = lines.find(section);
    if (found == lines.end()) continue;
    Value list = Value::list();
    for (const std::string& line : found->second) list.add(line);
    head.set(std::string(section), std::move(list));
  }
  if (lines.empty()) head.set("no_user_visible_change", true);
  return head;
}

std::string changes_of(const Draft& draft) {
  std::string text;
  if (draft.earlier->certificate) {
    const evidence::Certificate& before = *draft.earlier->certificate;
    const evidence::Certificate& after = draft.certificate.certificate;
    std::vector<std::pair<std::string, std::string>> metrics;
    for (const auto& [name, value] : after.metrics)
      if (const auto old = before.metrics.find(name); old != before.metrics.end()) metrics.emplace_back(name, written_difference(old->second, value));
    std::vector<std::pair<std::string, std::string>> performance;
    for (const char* name : k_drafted_performance)
      performance.emplace_back(name, written_difference(policy::performance_value(before.performance, name).value_or(0), policy::performance_value(after.performance, name).value_or(0)));
    text += numbers("metrics", 4, metrics) + numbers("performance", 4, performance);
  }
  if (draft.interface) text += fmt::format("    interface: {}\n", to_string(draft.interface->compatibility));
  if (text.empty()) return {};
  return fmt::format("  changes:\n    against: \"{}\"\n{}", draft.earlier->version.to_string(), text);
}

}  // namespace

std::string to_notes(const Draft& draft) {
  const evidence::Certificate& certificate = draft.certificate.certificate;
  std::vector<std::pair<std::string, std::string>> metrics;
  for (const auto& [name, value] : certificate.metrics) metrics.emplace_back(name, written(value));
  std::vector<std::pair<std::string, std::string>> performance;
  for (const char* name : k_drafted_performance) performance.emplace_back(name, written(policy::performance_value(certificate.performance, name).value_or(0)));
  return fmt::format("# yaml-language-server: $schema=../{}/notes-v1.json\n", k_editor_schemas_folder) + to_yaml(sections_of(draft)) +
         fmt::format("# Copied from {}; `mops check` compares each number at the digits written.\n"
                     "facts:\n"
                     "  payload: \"{}\"\n"
                     "  certificate: \"{}\"\n",
                     draft.certificate.path, certificate.payload.hex(), draft.certificate.digest.hex()) +
         numbers("metrics", 2, metrics) + numbers("performance", 2, performance) + (draft.earlier ? changes_of(draft) : "");
}

}  // namespace mops::cli
