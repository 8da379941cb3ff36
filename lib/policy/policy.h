#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "document/document.h"
#include "policy/bundle.h"
#include "policy/lock_lines.h"
#include "policy/policy_file.h"
#include "policy/schema.h"

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mops::policy {

enum class DocumentKind { manifest, lock, notes, card, environment, statistics, policy };

/// An official environment, as far as a check needs it.
struct OfficialEnvironment {
  std::string name;
  std::string language;
  SystemTime expires;  ///< the end of its last day
  std::string expiry_date;
  std::vector<std::string> lock_files;  ///< none: it has no lock
  std::shared_ptr<const LockLines> lock_lines;  ///< none: its lock is not looked into
};

/// How a finding of a rule counts.
struct Standing {
  std::optional<Severity> severity;  ///< none: it is not looked at
  std::string coming = {};           ///< "an error from 2027-01-01 on", while the rule is not in force yet
};

/// A bundle that was read: schemas, rules, environments. Immutable, safe from any thread.
class Policy {
 public:
  /// Error: invalid, names the file that is broken, as `path:line:col: what`.
  static Result<Policy> load(Bundle bundle, PatternSpeed speed = PatternSpeed::one_document);

  [[nodiscard]] const Bundle& bundle() const { return bundle_; }
  [[nodiscard]] const PolicyFile& file() const { return file_; }

  /// What is wrong with a document of a kind: what its reader found, then what its schema finds (rules `manifest/unknown-key`,
  /// `lock/bad-value` ...). A document of a newer format has that one finding only.
  [[nodiscard]] std::vector<Diagnostic> check_document(DocumentKind kind, const document::Document& document, std::vector<Slip>* slips = nullptr) const;
  /// What a schema of the policy's own finds in a document.
  [[nodiscard]] std::vector<Diagnostic> check_demand(const DocumentDemand& demand, const document::Document& document) const;

  /// How strict this policy is about a rule; nullptr for a rule that nobody knows.
  [[nodiscard]] std::optional<Strictness> strictness(std::string_view rule) const;
  /// As it counts on a day. `otherwise`: the severity of a rule that nobody knows.
  [[nodiscard]] Standing standing(std::string_view rule, model::Level level, SystemTime now, Severity otherwise = Severity::error) const;

  [[nodiscard]] const OfficialEnvironment* find_environment(std::string_view name) const;
  [[nodiscard]] std::vector<std::string> environment_names() const;

 private:
  struct CompiledSchema {
    document::Document source;
    std::optional<Schema> schema;
  };
  /// A schema of the program, compiled when it is first needed: a check needs few of them.
  struct Kind {
    explicit Kind(const EmbeddedFile& from) : file(from) {}

    EmbeddedFile file;
    std::once_flag once = {};
    CompiledSchema compiled = {};
  };
  Policy(Bundle bundle, PatternSpeed speed) : bundle_(std::move(bundle)), speed_(speed) {}
  [[nodiscard]] Result<CompiledSchema> compile(std::string path, std::string_view text) const;
  [[nodiscard]] const Schema& schema_of(DocumentKind kind) const;
  Result<void> load_file();
  Result<void> load_environments();

  Bundle bundle_;
  PatternSpeed speed_;
  PolicyFile file_;
  std::unique_ptr<const SchemaLibrary> library_ = std::make_unique<SchemaLibrary>();
  std::vector<std::unique_ptr<Kind>> kinds_;                       ///< by DocumentKind
  std::map<std::string, CompiledSchema, std::less<>> demanded_;    ///< by DocumentDemand::rules
  std::map<std::string, OfficialEnvironment, std::less<>> environments_;
};

}  // namespace mops::policy
