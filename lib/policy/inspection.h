#pragma once

#include "policy/check.h"
#include "policy/waiver.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace mops::policy {

inline constexpr const char* k_manifest_path = "mops.yaml";
inline constexpr const char* k_lock_path = "mops.lock";
inline constexpr const char* k_card_path = "model-card.md";
inline constexpr const char* k_procedure_path = "docs/upgrade-and-downgrade.md";
inline constexpr const char* k_request_path = "examples/request.json";
inline constexpr std::string_view k_notes_folder = "release-notes/";
inline constexpr std::string_view k_statistics_folder = "statistics/";

/// One check while it is going on: what it looks at, and what was found. The parts of a check add to it in turn.
class Inspection {
 public:
  Inspection(RepositoryView& view, const Policy& policy, const CheckOptions& options) : view_(view), policy_(policy), options_(options) {}

  [[nodiscard]] const Policy& policy() const { return policy_; }
  [[nodiscard]] const CheckOptions& options() const { return options_; }
  [[nodiscard]] const std::vector<std::string>& paths() { return view_.paths(); }
  [[nodiscard]] bool has_file(const std::string& path);
  [[nodiscard]] bool is_ignored(const std::string& path) { return view_.is_ignored(path); }
  Result<SourceFile> read(const std::string& path);
  Result<uint64_t> size(const std::string& path) { return view_.size(path); }

  /// By a rule of the table, at its severity for the level; nothing when it has none. Without a span: about the whole file.
  void add(std::string_view rule, const std::string& path, std::optional<Span> span, std::string message, std::string help = {});
  /// Nothing when a reader or schema has found something at this very place: what builds on it can only repeat it.
  void add(std::string_view rule, const document::Document& document, const document::Node& node, std::string message,
           std::string help = {});
  /// Whether an unknown key of `map` was told to be a slip of `key`.
  [[nodiscard]] bool has_slip_of(std::string_view key, const document::Document& document, const document::Node& map) const;
  /// Versions of the model that tags register; none when they cannot be read.
  [[nodiscard]] std::vector<model::Version> released_versions(const std::string& name) { return view_.released_versions(name).value_or(std::vector<model::Version>()); }
  /// nullopt also when its commit cannot be read.
  [[nodiscard]] std::optional<ReleasedVersion> released(const std::string& name, const model::Version& version) { return view_.released(name, version).value_or(std::nullopt); }

  /// Findings of readers and schemas.
  void adopt(std::vector<Diagnostic> findings);
  /// What the policy finds in a document of a kind.
  void adopt(DocumentKind kind, const document::Document& document);
  /// A second place for the finding that was added last; no effect when its rule was not looked at.
  void add_label(const document::Document& document, const document::Node& node, std::string message);

  /// Applies the waivers, then gives out the findings in the order in which they are shown.
  std::vector<Diagnostic> take(const std::vector<Waiver>& waivers) &&;

 private:
  void count(Diagnostic finding, Severity otherwise);
  [[nodiscard]] bool is_told(const std::string& path, const Position& place) const;
  void apply(const std::vector<Waiver>& waivers);

  using PlaceInFile = std::pair<std::string, uint32_t>;

  RepositoryView& view_;
  const Policy& policy_;
  const CheckOptions& options_;
  std::vector<Diagnostic> findings_;
  std::set<PlaceInFile> told_;  ///< of the errors that readers and schemas found
  std::map<PlaceInFile, std::string> slips_;  ///< which key was meant, of those told
  std::map<std::string, std::string> texts_;  ///< of small files that were read: several parts of a check look at the same ones
  bool last_was_added_ = false;
};

/// A manifest that could be read; its schema may have found something, so every part may be missing or of another kind.
void inspect_manifest(Inspection& inspection, const document::Document& manifest);
Result<void> inspect_environment(Inspection& inspection, const document::Document& manifest);
/// Returns the paths that the lock names.
Result<std::set<std::string, std::less<>>> inspect_artifacts(Inspection& inspection);
/// Every file, whatever it is: too large, a pickle, with a secret in it.
Result<void> inspect_tree(Inspection& inspection, const std::set<std::string, std::less<>>& artifacts);
/// Whether the lock file of an environment names every package as the environment wants it.
Result<void> inspect_lock_lines(Inspection& inspection, const std::string& lock_path, const LockLines& lines);
Result<void> inspect_statistics(Inspection& inspection);
Result<void> inspect_datasets(Inspection& inspection, const document::Document& manifest);
/// Also the step of the newest version (`version/bump`). Without a manifest that can be read: only what needs none.
Result<void> inspect_notes(Inspection& inspection, const document::Document* manifest);
Result<void> inspect_card(Inspection& inspection);
/// Managed files and blocks against a fresh render of the policy's template (`template/drift`).
Result<void> inspect_template(Inspection& inspection, const document::Document& manifest);
/// What the policy's own schemas say (`documents` of policy.yaml).
Result<void> inspect_demands(Inspection& inspection);
Result<void> inspect_request(Inspection& inspection, const document::Document& manifest);

/// The value at the end of a way of keys, or nullptr.
const document::Node* find_below(const document::Node* node, std::initializer_list<std::string_view> keys);
/// The text under a key; empty when it is not there or no string.
std::string text_below(const document::Node& map, std::string_view key);
/// The file that was meant by a path that is not there; empty when none is near.
std::string near_path(Inspection& inspection, const std::string& path);
/// "did you mean ...?", or `otherwise`.
std::string suggestion(std::string_view word, const std::vector<std::string>& known, std::string_view otherwise);

}  // namespace mops::policy
