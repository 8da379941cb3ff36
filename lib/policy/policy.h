#pragma once

#include "base/clock.h"
#include "base/embedded_file.h"
#include "base/result.h"
#include "document/document.h"
#include "policy/schema.h"

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mops::policy {

enum class DocumentKind { manifest, lock, notes, card, environment };

/// An official environment, as far as a check needs it.
struct OfficialEnvironment {
  std::string name;
  SystemTime expires;  ///< the end of its last day
  std::string expiry_date;
  std::vector<std::string> lock_files;  ///< none: it has no lock
};

/// The built-in bundle: schemas and environments. Immutable, safe from any thread.
class Policy {
 public:
  /// `schemas` are the files of the folder schemas (`manifest-v1.yaml` ...); of `templates` the `environments/NAME.yaml` are
  /// taken. Error: invalid, names the file that is broken.
  static Result<Policy> load(std::span<const EmbeddedFile> schemas, std::span<const EmbeddedFile> templates,
                             PatternSpeed speed = PatternSpeed::one_document);

  /// What is wrong with a document of a kind: what its reader found, then what its schema finds (rules `manifest/unknown-key`,
  /// `lock/bad-value` ...). A document of a newer format has that one finding only.
  [[nodiscard]] std::vector<Diagnostic> check_document(DocumentKind kind, const document::Document& document) const;

  [[nodiscard]] const OfficialEnvironment* find_environment(std::string_view name) const;
  [[nodiscard]] std::vector<std::string> environment_names() const;

 private:
  struct Kind {
    document::Document source;
    std::optional<Schema> schema;
  };
  std::unique_ptr<SchemaLibrary> library_ = std::make_unique<SchemaLibrary>();
  std::vector<Kind> kinds_;  ///< by DocumentKind
  std::map<std::string, OfficialEnvironment, std::less<>> environments_;
};

}  // namespace mops::policy
