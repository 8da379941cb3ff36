#include "policy/policy_file.h"

#include "base/text.h"
#include "policy/rule.h"

#include <fmt/format.h>
#include <algorithm>
#include <charconv>

namespace mops::policy {
namespace {

using document::Document;
using document::Node;

std::string text_of(const Node& map, std::string_view key, std::string otherwise = {}) {
  const Node* value = map.find(key);
  return value == nullptr ? otherwise : std::string(value->text);
}

/// `absent` where the map does not say; `off` is none.
std::optional<Severity> severity_of(const Node& map, std::string_view key, std::optional<Severity> absent) {
  const std::string word = text_of(map, key);
  if (word == "error") return Severity::error;
  if (word == "warning") return Severity::warning;
  if (word == "note") return Severity::note;
  return word == "off" ? std::nullopt : absent;
}

Strictness strictness_of(const Node& map, std::optional<Severity> at_prototype, std::optional<Severity> at_production) {
  Strictness out{.at_prototype = severity_of(map, "prototype", at_prototype), .at_production = severity_of(map, "production", at_production)};
  out.from_date = text_of(map, "from");
  if (!out.from_date.empty()) out.from = parse_time(out.from_date).value_or(SystemTime());
  if (text_of(map, "waivers") == "refused") out.waivers = WaiverRight::refused;
  return out;
}

/// Of a text that fits the schema's `size`; as much as fits into 64 bits.
uint64_t read_size(std::string_view text) {
  uint64_t number = 0;
  const auto [unit, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return UINT64_MAX;
  const std::string_view word(unit, static_cast<size_t>(text.data() + text.size() - unit));
  const uint64_t base = word.ends_with('i') ? 1024 : 1000;
  uint64_t factor = 1;
  for (const char letter : std::string_view("KMGT")) {
    if (word.empty()) break;
    factor *= base;
    if (word.front() == letter || (word == "k" && letter == 'K')) break;
  }
  return number > UINT64_MAX / factor ? UINT64_MAX : number * factor;
}

}  // namespace

PolicyFile read_policy_file(const Document& document, std::vector<Diagnostic>& findings) {
  const Node& root = *document.root();
  const auto complain = [&](const Node& node, std::string message, std::string help) {
    findings.push_back({.rule = "policy/bad-value",
                        .message = std::move(message),
                        .location = {.path = document.source().path, .span = node.span},
                        .help = std::move(help)});
  };
  PolicyFile file{.name = text_of(root, "name"), .version = text_of(root, "version"), .description = text_of(root, "description")};
  if (const Node* listed = root.find("rules")) {
    for (const document::Entry& entry : listed->entries) {
      const Rule* rule = find_rule(entry.key.text);
      if (rule != nullptr) {
        file.rules.emplace(entry.key.text, strictness_of(entry.value, rule->at_prototype, rule->at_production));
        continue;
      }
      std::vector<std::string> known;
      for (const Rule& each : rules()) known.emplace_back(each.id);
      const auto near = nearest(entry.key.text, known);
      complain(entry.key, fmt::format("there is no rule `{}`", entry.key.text), near ? fmt::format("did you mean `{}`?", *near) : "`mops policy rules` lists them");
    }
  }
  if (const Node* documents = root.find("documents")) {
    for (const Node& item : documents->items) {
      const Node* required = item.find("required");
      DocumentDemand demand{.rules = text_of(item, "rules"),
                            .files = text_of(item, "files"),
                            .schema = text_of(item, "schema"),
                            .required = required != nullptr && required->boolean,
                            .reason = text_of(item, "reason"),
                            .strictness = strictness_of(item, Severity::warning, Severity::error)};
      const auto has_prefix = [&](const Rule& rule) { return rule.id.starts_with(demand.rules + "/"); };
      if (std::any_of(rules().begin(), rules().end(), has_prefix))
        complain(*item.find("rules"), fmt::format("`{}` begins the ids of built-in rules", demand.rules), "take a name of your own, such as that of the organisation");
      else if (std::any_of(file.documents.begin(), file.documents.end(), [&](const DocumentDemand& other) { return other.rules == demand.rules; }))
        complain(*item.find("rules"), fmt::format("`{}` is taken by an earlier document", demand.rules), "findings are told apart by it");
      file.documents.push_back(std::move(demand));
    }
  }
  if (const Node* sections = root.find("card") == nullptr ? nullptr : root.find("card")->find("sections")) {
    file.card_sections.clear();
    for (const Node& title : sections->items) file.card_sections.emplace_back(title.text);
  }
  if (const Node* largest = root.find("files") == nullptr ? nullptr : root.find("files")->find("largest")) file.largest_file = read_size(largest->text);
  if (const Node* days = root.find("waivers") == nullptr ? nullptr : root.find("waivers")->find("longest_days")) file.longest_waiver_days = days->integer;
  return file;
}

}  // namespace mops::policy
