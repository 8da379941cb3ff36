#include "policy/check.h"

#include "base/text.h"
#include "policy/inspection.h"
#include "policy/rule.h"

#include <fmt/format.h>
#include <algorithm>

namespace mops::policy {

using document::Node;

bool Inspection::has_file(const std::string& path) { return std::binary_search(view_.paths().begin(), view_.paths().end(), path); }

Result<SourceFile> Inspection::read(const std::string& path) {
  constexpr size_t k_small = 1 << 20;
  if (const auto known = texts_.find(path); known != texts_.end()) return SourceFile{.path = options_.path_prefix + path, .text = known->second};
  MOPS_ASSIGN(std::string text, view_.read(path));
  if (text.size() <= k_small) texts_.emplace(path, text);
  return SourceFile{.path = options_.path_prefix + path, .text = std::move(text)};
}

void Inspection::count(Diagnostic finding, Severity otherwise) {
  const Standing standing = policy_.standing(finding.rule, options_.level, options_.now, otherwise);
  last_was_added_ = standing.severity.has_value();
  if (!standing.severity) return;
  finding.severity = *standing.severity;
  if (!standing.coming.empty()) finding.help += (finding.help.empty() ? "" : "; ") + standing.coming;
  findings_.push_back(std::move(finding));
}

void Inspection::add(std::string_view rule, const std::string& path, std::optional<Span> span, std::string message, std::string help) {
  count({.rule = std::string(rule),
         .message = std::move(message),
         .location = {.path = options_.path_prefix + path, .span = span},
         .help = std::move(help)},
        Severity::error);
}

bool Inspection::is_told(const std::string& path, const Position& place) const { return told_.contains({path, place.offset}); }

bool Inspection::has_slip_of(std::string_view key, const document::Document& document, const Node& map) const {
  return std::any_of(map.entries.begin(), map.entries.end(), [&](const document::Entry& entry) {
    const auto slip = slips_.find({document.source().path, entry.key.span.begin.offset});
    return slip != slips_.end() && slip->second == key;
  });
}

void Inspection::add(std::string_view rule, const document::Document& document, const Node& node, std::string message, std::string help) {
  last_was_added_ = false;
  if (is_told(document.source().path, node.span.begin)) return;
  add(rule, document.source().path.substr(options_.path_prefix.size()), node.span, std::move(message), std::move(help));
}

void Inspection::adopt(std::vector<Diagnostic> findings) {
  for (Diagnostic& finding : findings) {
    const Severity severity = finding.severity;
    std::optional<PlaceInFile> place;
    if (finding.location.span) place.emplace(finding.location.path, finding.location.span->begin.offset);
    count(std::move(finding), severity);
    // A warning keeps back no error.
    if (place && last_was_added_ && findings_.back().severity == Severity::error) told_.insert(std::move(*place));
  }
}

void Inspection::adopt(DocumentKind kind, const document::Document& document) {
  std::vector<Slip> slips;
  adopt(policy_.check_document(kind, document, &slips));
  const std::string& path = document.source().path;
  for (Slip& slip : slips)
    if (is_told(path, slip.key)) slips_.emplace(PlaceInFile(path, slip.key.offset), std::move(slip.meant));
}

void Inspection::add_label(const document::Document& document, const Node& node, std::string message) {
  if (last_was_added_)
    findings_.back().labels.push_back({.location = {.path = document.source().path, .span = node.span}, .message = std::move(message)});
}

std::vector<Diagnostic> Inspection::take(const std::vector<Waiver>& waivers) && {
  apply(waivers);
  std::stable_sort(findings_.begin(), findings_.end(), shown_before);
  // Two parts of a check may come across the same broken evidence.
  const auto is_same = [](const Diagnostic& a, const Diagnostic& b) {
    return a.rule == b.rule && a.message == b.message && a.location.path == b.location.path && a.location.span == b.location.span;
  };
  findings_.erase(std::unique(findings_.begin(), findings_.end(), is_same), findings_.end());
  return std::move(findings_);
}

const Node* find_below(const Node* node, std::initializer_list<std::string_view> keys) {
  for (const std::string_view key : keys) node = node == nullptr ? nullptr : node->find(key);
  return node;
}

std::string text_below(const Node& map, std::string_view key) {
  const Node* value = map.find(key);
  return value != nullptr && value->kind == document::NodeKind::string ? std::string(value->text) : std::string();
}

std::string near_path(Inspection& inspection, const std::string& path) {
  const std::string plain = replace_all(path, "\\", "/");
  return nearest(plain, inspection.paths()).value_or(std::string());
}

std::string suggestion(std::string_view word, const std::vector<std::string>& known, std::string_view otherwise) {
  const auto near = nearest(word, known);
  return near ? fmt::format("did you mean `{}`?", *near) : std::string(otherwise);
}

Result<std::vector<Diagnostic>> check(RepositoryView& view, const Policy& policy, const CheckOptions& options) {
  Inspection inspection(view, policy, options);
  inspection.adopt(options.about_policy);
  std::vector<Waiver> waivers;
  std::optional<document::Document> manifest;
  if (!inspection.has_file(k_manifest_path)) {
    inspection.add("manifest/missing", k_manifest_path, std::nullopt, "there is no `mops.yaml`",
                   inspection.has_file("mops.yml") ? "rename `mops.yml`" : "`mops new` writes one");
  } else {
    MOPS_ASSIGN(SourceFile source, inspection.read(k_manifest_path));
    manifest = document::parse_yaml(std::move(source));
    inspection.adopt(DocumentKind::manifest, *manifest);
    if (manifest->root() != nullptr) {
      waivers = read_waivers(*manifest);
      inspect_manifest(inspection, *manifest);
      MOPS_TRY(inspect_environment(inspection, *manifest));
      MOPS_TRY(inspect_datasets(inspection, *manifest));
      MOPS_TRY(inspect_request(inspection, *manifest));
      MOPS_TRY(inspect_template(inspection, *manifest));
    }
  }
  MOPS_ASSIGN(const auto artifacts, inspect_artifacts(inspection));
  MOPS_TRY(inspect_tree(inspection, artifacts));
  MOPS_TRY(inspect_notes(inspection, manifest ? &*manifest : nullptr));
  MOPS_TRY(inspect_card(inspection));
  MOPS_TRY(inspect_statistics(inspection));
  MOPS_TRY(inspect_demands(inspection));
  return std::move(inspection).take(waivers);
}

}  // namespace mops::policy
